using Gateway.Caching.Disk;
using Gateway.Caching.Eviction;
using Gateway.Caching.Policy;
using Gateway.Caching.Store;

namespace Gateway.Caching.Fetching;

/// <content>A look at the disk, before upstream is asked.</content>
internal sealed partial class SharedFetch
{
    /// <summary>
    /// Puts a copy from disk into memory. True when it answers the request, and everybody who waits has it; else it was not there, or it is to be confirmed by the request upstream that follows. Only
    /// fetches that others may join look, and those that look for nothing else: the others are for one client.
    /// </summary>
    private async Task<bool> TryAnswerFromDiskAsync()
    {
        if (_parts.Disk is not { } disk || _confirms is not null || (_terms & (FetchTerms.Joinable | FetchTerms.HeldOnly)) == FetchTerms.None) return false;
        using var found = await disk.FindAsync(_cacheSlot.Key, Request.Fields, _cancel.Token);
        if (found is null) return false;
        var body = new MediaBody(_parts.Pool, _parts.Budget, _parts.Clock, _parts.Options.StreamWindowBytes);
        try
        {
            if (await CacheAdmission.AdmitAsync(_parts, Request, body, found.Record.BodyLength, IsAhead && !_urgency.IsDemanded) != PassReason.None)
            {
                disk.Looked(DiskReadResult.Refused);
                return false;
            }

            return await found.TryFillAsync(body, _cancel.Token) && TryTake(disk, found, body);
        }
        finally
        {
            body.Release();
        }
    }

    private bool TryTake(DiskTier disk, DiskObject found, MediaBody body)
    {
        var record = found.Record;
        var entry = new CacheEntry(
            _cacheSlot.Key, record.Head, record.FinalUrl, record.Vary, found.FreshnessAt(_parts.Clock.GetUtcNow()), _parts.Now, body, IsAhead)
        {
            Title = record.Title,
            Disk = found.UseOf(),
        };
        if (!TryStore(entry))
        {
            // Invalidated meanwhile, or no space.
            disk.Looked(DiskReadResult.Dead);
            return false;
        }

        if (IsAhead && entry.TryLand(body.Available)) _parts.AddUnused(body.Available);
        if (Reuse.Answers(Request, CacheDirectives.OfRequest(Request.Fields), entry, _parts.Now) != ReuseVerdict.Fresh)
        {
            disk.Looked(DiskReadResult.Stale);
            body.AddLease();
            _confirms = entry;
            return false;
        }

        disk.Looked(DiskReadResult.Hit);
        Announce(FetchEnding.OnDisk, entry, PassReason.None, null);
        Body.TryComplete();
        return true;
    }
}

using Gateway.Caching.Policy;
using Gateway.Caching.Store;
using Gateway.Origin;

namespace Gateway.Caching.Fetching;

/// <content>What a 304 or the response to a HEAD means for a stored response.</content>
internal sealed partial class SharedFetch
{
    /// <summary>
    /// Takes a 304: the stored response is confirmed, for everybody or for the requester alone. False when the 304 is not about the stored response, or forbids storing it: then a
    /// second request goes upstream, without a condition.
    /// </summary>
    private bool Confirm(CacheEntry held, ResponseHead confirmation, DateTimeOffset asked, DateTimeOffset answered)
    {
        held = Newest(held);
        var validation = Validation.Of(Request, held.Head, confirmation, _parts.Options, asked, answered);
        switch (validation.Verdict)
        {
            case ValidationVerdict.Renews:
                var renewed = Renew(held, validation);
                if (held.Body.Length is { } end && IsBehind(end)) renewed.ConfirmEnd(_parts.Now, end);
                Announce(FetchEnding.Confirmed, renewed, PassReason.None, 304);
                break;
            case ValidationVerdict.AskerOnly:
                var entry = Renewed(held, validation, waits: false);
                entry.Inherit(held);
                if (validation.Reason == PassReason.SetCookie) _cacheSlot.MarkPass(_parts.Now + PassMark);
                Announce(FetchEnding.ConfirmedForStarter, entry, validation.Reason, 304);
                break;
            case ValidationVerdict.Withdraws:
                Withdraw(held);
                return false;
            default:
                return false;
        }

        Body.TryComplete();
        return true;
    }

    /// <summary>Takes the response to a HEAD: for the same version, its fields are newer; for another version, the stored one is stale (RFC 9111 §4.3.5).</summary>
    private void Freshen(ResponseHead answer, DateTimeOffset asked, DateTimeOffset answered)
    {
        if (_cacheSlot.Find(Request.Fields) is not { } held || !held.Body.TryLease()) return;
        var validation = Validation.Of(Request, held.Head, answer, _parts.Options, asked, answered);
        if (validation.Verdict == ValidationVerdict.Renews) Renew(held, validation);
        else if (validation.Verdict == ValidationVerdict.Withdraws) Withdraw(held);
        else if (validation.Verdict == ValidationVerdict.OfAnother)
        {
            held.Expire();
            _parts.Disk?.Forget(held);
        }

        held.Body.Release();
    }

    /// <summary>The newest entry over the same bytes: another renewal may have come first, then its head is the newer one, and it waits for the first demand.</summary>
    private CacheEntry Newest(CacheEntry held) => _cacheSlot.Find(Request.Fields) is { } standing && standing.Body == held.Body ? standing : held;

    /// <summary>A new entry over the stored bytes, in the slot unless there is no space for it, or other bytes have come meanwhile. The caller holds a lease on them.</summary>
    private CacheEntry Renew(CacheEntry held, Validation validation)
    {
        var waits = held.TryEndWait(out var landed);
        var entry = Renewed(held, validation, waits);
        if (landed > 0) entry.TryLand(landed);
        entry.Inherit(held);
        _parts.Disk?.Renewed(Request, held, entry, _askedDisk, _parts.Now);
        var put = false;
        if (_cacheSlot.Find(Request.Fields) is not { } standing || standing.Body == held.Body)
        {
            var displaced = _cacheSlot.Put(entry, _parts.Budget, AskedIn, out put);
            if (displaced is not null) _parts.EndWait(displaced, PrefetchEnding.Wasted);
            // The selecting fields may have changed: then it displaced no entry, and the old head would still answer.
            if (put && displaced != held) _cacheSlot.Remove(held, _parts.Budget);
        }

        if (!put) _parts.EndWait(entry, PrefetchEnding.Wasted);
        return entry;
    }

    private CacheEntry Renewed(CacheEntry held, Validation validation, bool waits) =>
        new(held.Key, validation.Head, held.FinalUrl, VaryOf(held, validation.Head), validation.Freshness, _parts.Now, held.Body, waits) { Title = held.Title };

    /// <summary>The new entry's selection: upstream chose the response for this request; the stored entry knows the earlier request's values of the fields that Vary named then.</summary>
    private VaryKey VaryOf(CacheEntry held, ResponseHead head)
    {
        var now = VaryKey.Of(head, Request.Fields);
        return now.IsSame(held.Vary) ? held.Vary : now;
    }

    private void Withdraw(CacheEntry held)
    {
        if (_cacheSlot.Remove(held, _parts.Budget)) _parts.EndWait(held, PrefetchEnding.Wasted);
        _parts.Disk?.Forget(held);
    }
}

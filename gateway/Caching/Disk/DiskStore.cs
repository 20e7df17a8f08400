using Gateway.Caching.Store;
using Gateway.Origin;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Caching.Disk;

/// <summary>
/// The folder while this process owns it: its files, its index, and the threads that work on them. It is opened in two steps: the lock and the invalidations, so that a purge is kept from the first
/// moment on; then the slabs.
/// </summary>
internal sealed class DiskStore
{
    private const string LockName = "lock";

    /// <summary>Reads at once. A disk that turns is no faster with more, and one that does not needs no more.</summary>
    private const int Readers = 4;

    private const int MostReads = 128;
    private const int MostCandidates = DiskIndex.MostVariants;

    /// <summary>Each saves all that is unsaved, so that one more than is under way would do.</summary>
    private const int MostSaves = 64;

    private readonly SafeFileHandle _lock;
    private readonly StateFile _state;
    private readonly Slab[] _slabs;
    private readonly SlabLayout _layout;

    private DiskStore(DiskFiles files, SlabLayout layout, SafeFileHandle owned, StateFile state, Invalidations invalidations, Action<Appended> confirmed, Func<DiskStore, bool> idle)
    {
        _lock = owned;
        _state = state;
        _layout = layout;
        Keys = new DiskKeys(state.Secret);
        Invalidations = invalidations;
        _slabs = [.. Enumerable.Range(0, layout.Slabs).Select(i => new Slab(files, layout, i, state.Seed))];
        Ring = new SlabRing(layout, _slabs, Index, Invalidations, Keys, state.Seed) { Confirmed = confirmed };
        Reading = new DiskThreads("cache disk read", Readers, MostReads);
        Writing = new DiskThreads("cache disk write", threads: 1, DiskTier.MostOffers, () => idle(this));
        Saving = new DiskThreads("cache disk invalidate", threads: 1, MostSaves);
        Invalidations.Elsewhere = raise => Saving.TryPost(() =>
        {
            try
            {
                raise();
            }
            catch (Exception e) when (DiskTier.IsOfTheDisk(e))
            {
                // Half a million numbers are left, each of which tries again.
            }
        });
    }

    public DiskKeys Keys { get; }

    public DiskIndex Index { get; } = new();

    public Invalidations Invalidations { get; }

    /// <summary>For the writer's thread alone.</summary>
    public SlabRing Ring { get; }

    public ulong Seed => _state.Seed;

    /// <summary>The slabs have been read.</summary>
    public bool IsReady { get; private set; }

    /// <summary>Threads that read.</summary>
    public DiskThreads Reading { get; }

    /// <summary>The one thread that writes.</summary>
    public DiskThreads Writing { get; }

    /// <summary>The one thread that writes what was invalidated. Not the writer: a purge waits for no queue of objects.</summary>
    public DiskThreads Saving { get; }

    /// <param name="confirmed">Told of each record that can be found from now on.</param>
    /// <param name="idle">Called by the writer's thread when nothing waits.</param>
    /// <param name="above">Numbers of fetches and invalidations begin behind this one at least.</param>
    /// <exception cref="IOException">Another process owns the folder, or the disk fails.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not use it.</exception>
    public static DiskStore Open(DiskFiles files, SlabLayout layout, Action<Appended> confirmed, Func<DiskStore, bool> idle, long above = 0)
    {
        files.MakeFolder();
        var owned = files.Lock(LockName);
        StateFile? state = null;
        try
        {
            state = StateFile.Open(files, layout);
            // No thread is begun before everything that may fail.
            return new DiskStore(files, layout, owned, state, new Invalidations(state, layout, above), confirmed, idle);
        }
        catch
        {
            state?.Dispose();
            owned.Dispose();
            throw;
        }
    }

    /// <summary>Reads the slabs; returns the number of records that no footer listed.</summary>
    public int Recover()
    {
        var recovery = new Recovery(_layout, _slabs, Index, Keys, Seed);
        var (active, records, end) = recovery.Run();
        Ring.Resume(active, records, end);
        IsReady = true;
        return recovery.Scanned;
    }

    /// <summary>Looks for the newest copy that fits a request, as memory does; on a thread that may block.</summary>
    /// <param name="result">Why there is none.</param>
    /// <exception cref="IOException">The disk fails.</exception>
    public DiskObject? Find(DiskTier tier, CacheKey key, ulong id, HeaderLine[] fields, out DiskReadResult result)
    {
        result = DiskReadResult.Missed;
        Span<DiskPlace> places = stackalloc DiskPlace[MostCandidates];
        var buffer = new byte[SlabLayout.Block];
        DiskObject? newest = null;
        try
        {
            foreach (var place in places[..Index.Find(id, places)])
            {
                var slab = Ring.SlabOf(place);
                if (!slab.TryEnter()) continue;
                var isNewer = false;
                try
                {
                    var record = RecordSource.ReadHead(slab, place, Seed, ref buffer);
                    isNewer = record is not null && Fits(record, place, key, fields, ref result) && (newest is null || record.AskedIn > newest.Record.AskedIn);
                    // A place that is still named, and has no head, was damaged.
                    if (record is null && Index.Remove(place)) result = DiskReadResult.Corrupt;
                    if (!isNewer) continue;
                    newest?.Dispose();
                    newest = new DiskObject(tier, this, slab, place, record!);
                }
                finally
                {
                    if (!isNewer) slab.Leave();
                }
            }
        }
        catch
        {
            newest?.Dispose();
            throw;
        }

        return newest;
    }

    /// <summary>The folder is not to be trusted any more: the next start finds it empty.</summary>
    public void Destroy() => _state.Destroy();

    /// <summary>Takes no more work, and closes the files when the last of it is done.</summary>
    /// <param name="last">Done by the writer's thread after all else.</param>
    public async Task CloseAsync(Action last)
    {
        Writing.Close(last);
        Reading.Close();
        Saving.Close();
        await Writing.Over;
        await Reading.Over;
        await Saving.Over;
        foreach (var slab in _slabs) slab.Dispose();
        _state.Dispose();
        _lock.Dispose();
    }

    private bool Fits(RecordHead record, DiskPlace place, CacheKey key, HeaderLine[] fields, ref DiskReadResult result)
    {
        if (record.Key != key) return false;
        if (!record.IsReplaced && !Invalidations.IsDead(key, Keys.AddressOf(key.Address), record.AskedIn)) return record.Vary.Fits(fields);
        Index.Remove(place);
        result = DiskReadResult.Dead;
        return false;
    }
}

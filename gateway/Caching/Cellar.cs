using System.Collections.Concurrent;
using Gateway.Origin;

namespace Gateway.Caching;

/// <summary>
/// The door of the cache: finds what is held, joins what is on its way, or starts a fetch. Used from any number of threads.
/// <para>
/// A hit takes no lock and allocates its lease and nothing else: a dictionary look-up by a struct key, a look at the clock, one count on the body. The index is our own
/// dictionary and not <c>MemoryCache</c>, whose keys are objects (a box for each look-up), whose compaction knows neither leases nor retention, and whose size limit is
/// checked after the bytes are there; see the cache benchmarks for the difference.
/// </para>
/// <para>
/// Order of the gates: shelf, body, pool; each is taken for field work only, and none is held while a fetch starts.
/// </para>
/// </summary>
internal sealed class Cellar : IAsyncDisposable
{
    /// <summary>A follower whose leader's answer was not for it tries once more to share, and then goes itself for good.</summary>
    private const int SharedRounds = 2;

    private readonly ConcurrentDictionary<CellarKey, Shelf> _shelves = new();
    private readonly CellarParts _parts;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SlicedFiles _files;
    private long _fetches;
    private int _oddShelves;

    public Cellar(CellarParts parts)
    {
        _parts = parts;
        _files = new SlicedFiles(this, parts);
        parts.ShelfOf = ShelfOf;
        parts.Metrics.Watch(() => parts.Budget.Used, parts.Budget.Limit, () => _shelves.Count, () => parts.Budget.Pressure);
    }

    /// <summary>How full memory is; read by who might do less (prefetch).</summary>
    public CachePressure Pressure => _parts.Budget.Pressure;

    /// <summary>Fetches under way.</summary>
    public long Fetches => Interlocked.Read(ref _fetches);

    internal ConcurrentDictionary<CellarKey, Shelf> Shelves => _shelves;

    internal CellarParts Parts => _parts;

    /// <summary>
    /// Finds, joins or starts. Completes synchronously on a hit. The reply is always of the whole object (the room takes its part), but with a
    /// <see cref="MediaRequest.Range"/> an object that is not held is fetched in slices from there on, so that a seek costs a slice and not the file.
    /// </summary>
    /// <exception cref="OperationCanceledException"><paramref name="leaving"/>.</exception>
    public ValueTask<CellarReply> OpenAsync(MediaRequest request, CancellationToken leaving) =>
        OpenAsync(CellarKey.Of(request), request, slices: request.Range is not null, leaving);

    /// <summary>Like <see cref="OpenAsync(MediaRequest, CancellationToken)"/>, but in slices also without a range: for files that may be of any size.</summary>
    public ValueTask<CellarReply> OpenFileAsync(MediaRequest request, CancellationToken leaving) =>
        OpenAsync(CellarKey.Of(request), request, slices: true, leaving);

    /// <summary>Told what became of each fetch ahead; may be called from any thread, and must not wait.</summary>
    public Action<MediaAddress, PrefetchEnding>? AheadEnded
    {
        set => _parts.AheadEnded = value;
    }

    /// <summary>
    /// Starts a fetch ahead unless the object is held, on its way, or memory is short. It is registered when this returns: who asks for the
    /// object from then on reads along.
    /// </summary>
    /// <returns>Ends, never faulted, when the fetch is over, whatever came of it; null when none was started.</returns>
    public Task? FetchAhead(MediaRequest request)
    {
        if (Pressure == CachePressure.Critical || _stopping.IsCancellationRequested) return null;
        var key = CellarKey.Of(request);
        if (Holds(key, request.Fields)) return null;
        return StartUnattended(key, request, null, FetchTerms.Unattended | FetchTerms.Ahead);
    }

    /// <summary>Whether the object is held and fresh, or being fetched.</summary>
    public bool Holds(MediaAddress address) => Holds(new CellarKey(address, string.Empty, CellarKey.Whole), default);

    /// <summary>Drops what is held of one address, as after an unsafe request (RFC 9111 §4.4).</summary>
    public void Invalidate(MediaAddress address)
    {
        if (_shelves.TryGetValue(new CellarKey(address, string.Empty, CellarKey.Whole), out var shelf)) DropAll(shelf);
        // Slices and partitions have keys of their own; where there are any, they have to be looked for.
        if (Volatile.Read(ref _oddShelves) > 0) DropWhere(key => key.Address == address);
    }

    /// <summary>Drops everything below a path of a cluster (null: of all clusters); returns how many objects went.</summary>
    public int Purge(string? cluster, string pathPrefix) =>
        DropWhere(key => (cluster is null || string.Equals(key.Address.Cluster, cluster, StringComparison.Ordinal))
            && key.Address.Path.StartsWith(pathPrefix, StringComparison.Ordinal));

    /// <summary>What lies below a path of a cluster is watched by nobody any more: under pressure it goes first.</summary>
    public void Demote(string cluster, string pathPrefix)
    {
        foreach (var (key, shelf) in _shelves)
        {
            if (!string.Equals(key.Address.Cluster, cluster, StringComparison.Ordinal)) continue;
            if (!key.Address.Path.StartsWith(pathPrefix, StringComparison.Ordinal)) continue;
            foreach (var entry in shelf.Entries) entry.Demote();
        }
    }

    /// <summary>Ends every fetch; readers and waiters learn that the cellar is closing.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
    }

    /// <summary>Opens a whole object, or one slice of it: what the key says.</summary>
    internal ValueTask<CellarReply> OpenAsync(MediaRequest request, bool slices, CancellationToken leaving) =>
        OpenAsync(CellarKey.Of(request), request, slices, leaving);

    /// <summary>The shelf of a key, made when there is none.</summary>
    internal Shelf ShelfOf(CellarKey key)
    {
        if (_shelves.TryGetValue(key, out var shelf)) return shelf;
        shelf = new Shelf(key);
        var standing = _shelves.GetOrAdd(key, shelf);
        if (ReferenceEquals(standing, shelf) && key.IsOdd) Interlocked.Increment(ref _oddShelves);
        return standing;
    }

    /// <summary>Fetches what a reading under way will want next: like demand, except that nobody waits yet.</summary>
    internal void ReadAhead(MediaRequest request)
    {
        var key = CellarKey.Of(request);
        if (!Holds(key, request.Fields)) _ = StartUnattended(key, request, null, FetchTerms.Unattended);
    }

    /// <summary>Drops marks that have run out.</summary>
    internal void Sweep() => _files.Sweep();

    /// <summary>Drops a shelf that has become empty. The sweep calls it, and whoever empties a shelf.</summary>
    internal void Tidy(Shelf shelf)
    {
        if (!shelf.TryClose(_parts.Now)) return;
        if (_shelves.TryRemove(new KeyValuePair<CellarKey, Shelf>(shelf.Key, shelf)) && shelf.Key.IsOdd) Interlocked.Decrement(ref _oddShelves);
    }

    internal void Drop(Shelf shelf, CellarEntry entry, EvictionReason reason)
    {
        if (!shelf.Remove(entry, _parts.Budget)) return;
        _parts.Metrics.Evicted(reason);
        if (entry.IsUntouched) _parts.AheadEnded?.Invoke(entry.Key.Address, PrefetchEnding.Wasted);
        Tidy(shelf);
    }

    private int DropWhere(Predicate<CellarKey> which)
    {
        var dropped = 0;
        foreach (var (key, shelf) in _shelves)
        {
            if (!which(key)) continue;
            dropped += DropAll(shelf);
        }

        return dropped;
    }

    private int DropAll(Shelf shelf)
    {
        var entries = shelf.Entries;
        foreach (var entry in entries) Drop(shelf, entry, EvictionReason.Purged);
        return entries.Length;
    }

    private bool Holds(CellarKey key, ReadOnlySpan<HeaderLine> fields)
    {
        if (!_shelves.TryGetValue(key, out var shelf)) return false;
        if (shelf.Find(fields) is { } entry && (entry.Body.IsGrowing || entry.FreshForAt(_parts.Now) > TimeSpan.Zero)) return true;
        return shelf.IsBusy;
    }

    /// <summary>Answers from what is held, or joins what is arriving; null when upstream has to be asked, for the reason in <paramref name="forward"/>.</summary>
    /// <param name="stale">What was given although stale, and is to be revalidated in the background.</param>
    private EntryReply? TryServe(Shelf shelf, MediaRequest request, CacheDirectives asked, ref ForwardReason forward, out CellarEntry? stale)
    {
        stale = null;
        if (shelf.Find(request.Fields) is not { } entry)
        {
            if (shelf.Entries.Length > 0) forward = ForwardReason.VaryMiss;
            return null;
        }

        var now = _parts.Now;
        var verdict = Reuse.Judge(asked, entry.Freshness, entry.AgeAt(now), entry.FreshForAt(now), entry.IsImmutable);
        if (verdict is ReuseVerdict.Validate or ReuseVerdict.AskedToValidate)
        {
            forward = verdict == ReuseVerdict.Validate ? ForwardReason.Stale : ForwardReason.Request;
            return null;
        }

        if (entry.Body.TryLease())
        {
            if (verdict == ReuseVerdict.Stale) stale = entry;
            return Answer(new EntryReply(_parts, entry, null)
            {
                Result = verdict == ReuseVerdict.Fresh ? CacheResult.Hit : CacheResult.Stale,
                WasPrefetched = FirstUse(request, entry, now),
            });
        }

        if (entry.Body.TryJoin() is not { } reader) return null;
        _parts.Metrics.Collapsed();
        return Answer(new EntryReply(_parts, entry, reader)
        {
            Result = CacheResult.Joined,
            Forward = ForwardReason.UriMiss,
            ForwardStatus = entry.Head.Status,
            Collapsed = true,
            WasPrefetched = FirstUse(request, entry, now),
        });
    }

    /// <summary>
    /// The way upstream: 1. join a fetch that waits for its head, or start one; 2. wait for the head, as a follower only for so long; 3. read along, or, when what came is
    /// not for this request, go round again and in the end alone.
    /// </summary>
    private async ValueTask<CellarReply> FetchAsync(
        CellarKey key, MediaRequest request, CacheDirectives asked, ForwardReason forward, CancellationToken leaving)
    {
        // Whoever fetches ahead reads along, so its leaving ends the fetch unless a client has joined.
        var terms = request.Purpose == FetchPurpose.Prefetch ? FetchTerms.Ahead : FetchTerms.None;
        var share = !request.HeadOnly && !asked.NoStore && !Storability.HasAuthorization(request.Fields);
        for (var round = 0; ; round++)
        {
            // 1.
            var shelf = ShelfOf(key);
            var entered = Enter(shelf, request, asked, ref forward, share && round < SharedRounds, terms);
            if (entered.Reply is { } served) return served;
            if (entered.Fetch is not { } fetch) continue;
            var reader = entered.Reader!;

            // 2.
            FetchHead head;
            try
            {
                head = entered.Started
                    ? await fetch.Head.WaitAsync(leaving)
                    : await fetch.Head.WaitAsync(_parts.Options.FollowerWait, _parts.Clock, leaving);
            }
            catch (TimeoutException)
            {
                reader.Dispose();
                share = false;
                terms |= FetchTerms.NotKept;
                continue;
            }
            catch
            {
                reader.Dispose();
                throw;
            }

            // 3.
            if (Take(head, reader, request, forward, entered.Started) is { } reply) return reply;
            reader.Dispose();
        }
    }

    private CellarReply? Take(FetchHead head, BodyReader reader, MediaRequest request, ForwardReason forward, bool started)
    {
        if (head.Entry is not { } entry)
        {
            reader.Dispose();
            return Answer(new EmptyReply { Result = CacheResult.Failed, Failure = head.Failure, Forward = forward, Collapsed = !started });
        }

        if (!started && (head.Ending == FetchEnding.StarterOnly || !entry.Vary.Fits(request.Fields))) return null;
        if (!started) _parts.Metrics.Collapsed();
        if (head.Ending is FetchEnding.Confirmed or FetchEnding.StaleIfError)
        {
            // The fetch's own body carried nothing; the lease moves to the confirmed one, unless that was evicted meanwhile.
            if (!entry.Body.TryLease()) return null;
            reader.Dispose();
            reader = null!;
        }

        return Answer(new EntryReply(_parts, entry, reader)
        {
            Result = head.Ending switch
            {
                FetchEnding.Confirmed => CacheResult.Revalidated,
                FetchEnding.StaleIfError => CacheResult.StaleIfError,
                _ when !started => CacheResult.Joined,
                FetchEnding.Kept => CacheResult.Filled,
                _ => CacheResult.Passed,
            },
            Pass = head.Reason,
            Forward = forward,
            ForwardStatus = head.Status,
            Stored = head.Ending == FetchEnding.Kept,
            Collapsed = !started,
            WasPrefetched = FirstUse(request, entry, _parts.Now),
        });
    }

    private Entered Enter(Shelf shelf, MediaRequest request, CacheDirectives asked, ref ForwardReason forward, bool share, FetchTerms terms)
    {
        SharedFetch? fetch;
        BodyReader? reader;
        lock (shelf.Gate)
        {
            if (shelf.IsClosed) return default;
            if (share)
            {
                // What stood here a moment ago as "absent" may have arrived in between.
                if (TryServe(shelf, request, asked, ref forward, out _) is { } reply) return new Entered(null, null, false, reply);
                if (shelf.JoinUnderGate(request.Fields, out fetch) is { } place) return new Entered(fetch, place, false, null);
                share = !shelf.PassesUnderGate(_parts.Now);
            }

            var confirms = terms.HasFlag(FetchTerms.NotKept) ? null : Confirmable(shelf, request, asked);
            fetch = new SharedFetch(_parts, shelf, request, confirms, terms, _stopping.Token);
            reader = fetch.Join();
            if (share) shelf.AddUnderGate(fetch);
        }

        _ = RunAsync(fetch);
        return new Entered(fetch, reader, true, null);
    }

    /// <summary>What is held and may be confirmed, or given after all when upstream turns out to be broken; with a lease for the fetch.</summary>
    private static CellarEntry? Confirmable(Shelf shelf, MediaRequest request, CacheDirectives asked) =>
        !request.HeadOnly && !asked.NoStore && shelf.Find(request.Fields) is { } entry && entry.Body.TryLease()
            ? entry
            : null;

    private Task? StartUnattended(CellarKey key, MediaRequest request, CellarEntry? stale, FetchTerms terms)
    {
        SharedFetch fetch;
        var shelf = ShelfOf(key);
        lock (shelf.Gate)
        {
            if (shelf.IsClosed || shelf.IsPendingUnderGate || _stopping.IsCancellationRequested) return null;
            var confirms = stale is not null && stale.Body.TryLease() ? stale : null;
            fetch = new SharedFetch(_parts, shelf, request, confirms, terms, _stopping.Token);
            shelf.AddUnderGate(fetch);
        }

        return RunAsync(fetch);
    }

    private async Task RunAsync(SharedFetch fetch)
    {
        Interlocked.Increment(ref _fetches);
        await fetch.Start();
        Interlocked.Decrement(ref _fetches);
    }

    private ValueTask<CellarReply> OpenAsync(CellarKey key, MediaRequest request, bool slices, CancellationToken leaving)
    {
        var asked = CacheDirectives.OfRequest(request.Fields);
        var forward = ForwardReason.UriMiss;
        if (_shelves.TryGetValue(key, out var shelf))
        {
            if (!asked.NoStore && TryServe(shelf, request, asked, ref forward, out var stale) is { } reply)
            {
                if (stale is not null) _ = StartUnattended(key, request, stale, FetchTerms.Unattended);
                return new ValueTask<CellarReply>(reply);
            }

            // A whole that is to be confirmed, or is on its way, needs no slices.
            slices = slices && shelf.Entries.Length == 0 && !shelf.IsBusy;
        }

        if (asked.OnlyIfCached) return new ValueTask<CellarReply>(Answer(new EmptyReply { Result = CacheResult.NotHeld }));
        if (slices && !request.HeadOnly && !asked.NoStore) return _files.OpenAsync(request, leaving);
        if (request.HeadOnly && forward == ForwardReason.UriMiss) forward = ForwardReason.Method;
        if (asked.NoStore) forward = ForwardReason.Request;
        return FetchAsync(key, request, asked, forward, leaving);
    }

    /// <summary>Counts a use; what is fetched ahead is not used by the one who fetches it.</summary>
    private bool FirstUse(MediaRequest request, CellarEntry entry, TimeSpan now)
    {
        if (request.Purpose == FetchPurpose.Prefetch || !entry.Touch(now)) return false;
        _parts.AheadEnded?.Invoke(entry.Key.Address, PrefetchEnding.Used);
        return true;
    }

    private T Answer<T>(T reply)
        where T : CellarReply
    {
        _parts.Metrics.Answered(reply.Result);
        return reply;
    }

    /// <summary>How a request entered the way upstream; all empty when the shelf had been closed under it.</summary>
    private readonly record struct Entered(SharedFetch? Fetch, BodyReader? Reader, bool Started, CellarReply? Reply);
}

using Gateway.Caching.Eviction;
using Gateway.Caching.Fetching;
using Gateway.Caching.Policy;
using Gateway.Caching.Slices;
using Gateway.Caching.Store;
using Gateway.Media;
using Gateway.Origin;

namespace Gateway.Caching;

/// <summary>
/// The cache's entry point: finds a stored object, joins a fetch under way, or starts one. Safe from any number of threads.
/// <para>
/// A hit takes no lock and allocates its lease and nothing else: a look-up by a struct key, a look at the clock, one count on the body.
/// </para>
/// Order of the gates: slot, body, pool; each is taken for field work only, and none is held while a fetch starts.
/// </summary>
internal sealed class MediaCache : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly CacheParts _parts;
    private readonly StoredReplies _held;
    private readonly FetchCoalescer _coalescer;
    private readonly SlicedFiles _files;

    public MediaCache(CacheParts parts)
    {
        _parts = parts;
        Index = new CacheIndex(parts);
        _held = new StoredReplies(parts);
        _coalescer = new FetchCoalescer(parts, Index, _held, _stopping.Token);
        _files = new SlicedFiles(this, parts);
        parts.Metrics.Watch(parts.Budget, () => Index.Count);
    }

    /// <summary>How full memory is; prefetch does less under pressure.</summary>
    public CachePressure Pressure => _parts.Budget.Pressure;

    /// <summary>Whether requests may wait while their origin is away (<see cref="CacheRequest.AwaitsOrigin"/>).</summary>
    public bool AwaitsOrigin => _parts.Outages is { IsOn: true };

    /// <summary>Bytes held that were prefetched and have had no demand so far.</summary>
    public long UnusedBytes => _parts.UnusedBytes;

    /// <summary>Most bytes that the cache holds.</summary>
    public long LimitBytes => _parts.Budget.Limit;

    /// <summary>Fetches under way that have a reader or a prefetcher.</summary>
    public int FetchesUnderWay => Math.Max(0, _coalescer.Count - _parts.Lingering.Count);

    internal CacheIndex Index { get; }

    internal CacheParts Parts => _parts;

    /// <summary>
    /// Finds, joins or starts. Completes synchronously on a hit. The reply is always of the whole object (the handler takes its part), but with a
    /// <see cref="CacheRequest.Range"/> an object that is not held is fetched in slices from there on, so that a seek costs a slice and not the file.
    /// </summary>
    /// <exception cref="OperationCanceledException"><paramref name="leaving"/>.</exception>
    public ValueTask<CacheReply> OpenAsync(CacheRequest request, CancellationToken leaving) =>
        OpenAsync(request, slices: request.Range is not null, leaving);

    /// <summary>Like <see cref="OpenAsync(CacheRequest, CancellationToken)"/>, but in slices also without a range: for files that may be of any size.</summary>
    public ValueTask<CacheReply> OpenFileAsync(CacheRequest request, CancellationToken leaving) => OpenAsync(request, slices: true, leaving);

    /// <summary>
    /// Starts a prefetch unless the object is held or being fetched, or memory is short. The fetch is registered when this returns: a request for the
    /// object joins it from then on. With a range, the slices around it are fetched.
    /// </summary>
    /// <returns>Null when none was started.</returns>
    public PrefetchHandle? FetchAhead(CacheRequest request)
    {
        if (Pressure == CachePressure.Critical || Holds(CacheKey.Of(request), request.Fields)) return null;
        const FetchTerms terms = FetchTerms.Unattended | FetchTerms.Ahead;
        if (request.Range is not null && _parts.Disk?.MayHold(CacheKey.Of(request)) != true) return _files.FetchAhead(request, terms);
        return _coalescer.StartUnattended(CacheKey.Of(request), request, null, terms) is { } fetch ? new PrefetchHandle(fetch) : null;
    }

    /// <summary>Whether the object is held and fresh, or being fetched.</summary>
    public bool Holds(MediaAddress address) => Holds(new CacheKey(address, string.Empty, CacheKey.Whole), default);

    /// <summary>Removes everything stored for one address, as after an unsafe request (RFC 9111 §4.4). It is so when this returns; the task is the disk's, on which it is to outlive the process.</summary>
    public Task InvalidateAsync(MediaAddress address)
    {
        var written = _parts.Disk?.InvalidateAsync(address) ?? Task.CompletedTask;
        Index.Drop(address);
        return written;
    }

    /// <summary>The same for a request whose partition is known, at the cost of a look-up.</summary>
    public Task InvalidateAsync(MediaAddress address, string partition)
    {
        var written = _parts.Disk?.InvalidateAsync(address) ?? Task.CompletedTask;
        Index.Drop(address, partition);
        return written;
    }

    /// <summary>Removes everything below a path of a cluster (null: of all clusters), on disk too.</summary>
    public PurgeResult Purge(string? cluster, string pathPrefix)
    {
        var written = _parts.Disk?.PurgeAsync(cluster, pathPrefix);
        return new PurgeResult(Index.Purge(cluster, pathPrefix), written);
    }

    /// <summary>Demotes objects that no session plays any more: under pressure they are evicted first, unless a client requests them again.</summary>
    /// <param name="left">Directories that were left, with all below them.</param>
    /// <param name="isWatched">Called with an address of each directory below those; true spares that directory.</param>
    public void Demote(IEnumerable<(string Cluster, string Path)> left, Predicate<MediaAddress> isWatched)
    {
        foreach (var (cluster, path) in left) Index.Demote(cluster, path, isWatched);
    }

    /// <summary>Figures for an operator. Takes no lock that serving takes.</summary>
    public CacheStatistics Statistics() => new(
        _parts.Budget.Used,
        _parts.Budget.Limit,
        Index.Count,
        _parts.Budget.Pressure,
        _coalescer.Count,
        _parts.Pool.Lent,
        _parts.Pool.Idle,
        _parts.Metrics.Requests(),
        _parts.Metrics.Evictions());

    /// <summary>Ends every fetch; readers and waiters learn that the cache is closing.</summary>
    public async ValueTask DisposeAsync() => await _stopping.CancelAsync();

    /// <summary>Opens a whole object, or one slice of it, by the request.</summary>
    /// <param name="slices">Fetches a whole in slices if it is neither held nor being fetched.</param>
    internal ValueTask<CacheReply> OpenAsync(CacheRequest request, bool slices, CancellationToken leaving)
    {
        var key = CacheKey.Of(request);
        var asked = CacheDirectives.OfRequest(request.Fields);
        var forward = ForwardReason.UriMiss;
        if (Index.Find(key) is { } cacheSlot)
        {
            if (!asked.NoStore && _held.TryLease(cacheSlot, request, asked, ref forward, out var lease))
            {
                if (lease.IsStale) _ = _coalescer.StartUnattended(key, request, lease.Entry, FetchTerms.Unattended);
                return new ValueTask<CacheReply>(_held.Reply(lease, request, _coalescer));
            }

            // A whole that is to be revalidated needs no slices, nor does one being fetched. But a file that has grown is not fetched from its beginning.
            slices = slices && !cacheSlot.IsBusy && (cacheSlot.Entries.Length == 0 || HasGrownBySlices(cacheSlot, request));
        }

        // Neither asks upstream for the object, so neither is a fetch that others may join; both may be answered from disk.
        if ((asked.OnlyIfCached || request.HeadOnly) && !asked.NoStore && _parts.Disk?.MayHold(key) == true) return OpenOnDiskAsync(key, request, asked, forward, leaving);
        if (asked.OnlyIfCached) return new ValueTask<CacheReply>(NotHeld());
        // A whole that lies on disk is read from there at once.
        if (slices && _parts.Disk?.MayHold(key) == true) slices = false;
        if (slices && !request.HeadOnly && !asked.NoStore) return _files.OpenAsync(request, leaving);
        if (request.HeadOnly && forward == ForwardReason.UriMiss) forward = ForwardReason.Method;
        if (asked.NoStore) forward = ForwardReason.Request;
        return _coalescer.OpenAsync(key, request, asked, forward, leaving);
    }

    /// <summary>Fetches an object that no client waits for yet; null when it is held or being fetched.</summary>
    internal SharedFetch? StartUnattended(CacheRequest request, FetchTerms terms)
    {
        var key = CacheKey.Of(request);
        return Holds(key, request.Fields) ? null : _coalescer.StartUnattended(key, request, null, terms);
    }

    /// <summary>Removes expired marks of upstreams that do not serve ranges.</summary>
    internal void Sweep() => _files.Sweep();

    private async ValueTask<CacheReply> OpenOnDiskAsync(CacheKey key, CacheRequest request, CacheDirectives asked, ForwardReason forward, CancellationToken leaving)
    {
        if (await _coalescer.OpenOnDiskAsync(key, request, leaving) is { } reply) return reply;
        if (asked.OnlyIfCached) return NotHeld();
        return await _coalescer.OpenAsync(key, request, asked, forward == ForwardReason.UriMiss ? ForwardReason.Method : forward, leaving);
    }

    private EmptyReply NotHeld() => _held.Counted(new EmptyReply { Result = CacheResult.NotHeld });

    private bool HasGrownBySlices(CacheSlot cacheSlot, CacheRequest request) =>
        request.FirstByte >= SlicedFiles.SliceBytes && cacheSlot.Find(request.Fields) is { } entry && Reuse.EndsBefore(request, entry, _parts.Now);

    private bool Holds(CacheKey key, ReadOnlySpan<HeaderLine> fields)
    {
        if (Index.Find(key) is not { } cacheSlot) return false;
        if (cacheSlot.Find(fields) is { } entry && (entry.Body.IsGrowing || entry.FreshForAt(_parts.Now) > TimeSpan.Zero)) return true;
        return cacheSlot.IsBusy;
    }
}

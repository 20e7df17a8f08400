using Gateway.Caching.Store;
using Gateway.Origin;

namespace Gateway.Caching.Disk;

/// <summary>
/// The disk tier as the cache sees it. Every call is safe from any thread, returns at once unless it says otherwise, and never throws for what the disk does: then it is as if there were no disk.
/// <para>
/// <b>Reading.</b> A fetch that memory does not answer looks here before it asks upstream (<see cref="FindAsync"/>): so a thousand viewers cause one read. The bytes go into blocks of memory, are checked,
/// and only then is there an entry, which others find in memory from then on.
/// </para>
/// <para>
/// <b>Writing.</b> An object that is requested a second time, while in memory or soon after, is offered to one writer behind a bounded queue; where that is full the offer is dropped, and counted.
/// </para>
/// <para>
/// <b>Invalidation.</b> Every fetch takes a number before it asks, and every purge one when it is told; what was asked for before is dead. The caller tells the disk first, and memory afterwards: a fetch that read
/// the disk before finds its slot invalidated, and one that reads it afterwards finds nothing. It takes effect at once; that it is written, and outlives the process, is told later, so that a disk that hangs holds up nobody.
/// </para>
/// </summary>
internal sealed partial class DiskTier(DiskFiles files, SlabLayout layout, TimeProvider clock, DiskMetrics metrics, ILogger log)
{
    /// <summary>How long a viewer waits for the disk before upstream is asked. A disk that turns takes a tenth of it.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly SeenFilter _seen = new();
    private volatile DiskStore? _store;

    /// <summary>Bytes with the writer at most: they stay in memory until they are written.</summary>
    public long MostOffered { get; init; } = 64L << 20;

    public DiskHealth Health { get; } = new(clock, metrics, log);

    public DiskState State => Health.Trouble is not null ? DiskState.Degraded : _store is { IsReady: true } ? DiskState.Working : DiskState.Opening;

    public int Entries => _store?.Index.Count ?? 0;

    /// <summary>Bytes of the records that can be found.</summary>
    public long Bytes => _store?.Index.Bytes ?? 0;

    public long LimitBytes => layout.Bytes;

    /// <summary>Number for a fetch that is about to ask upstream; 0 when the tier is not open.</summary>
    public long Ask()
    {
        if (_store is not { } store) return 0;
        try
        {
            return store.Invalidations.Next();
        }
        catch (Exception e) when (IsOfTheDisk(e))
        {
            _ = Task.Run(() => TryAbandon(store, e));
            return 0;
        }
    }

    /// <summary>Whether there may be a copy of an object.</summary>
    public bool MayHold(CacheKey key) => _store is { IsReady: true } store && Health.Trouble is null && store.Index.Count > 0 && store.Index.Contains(store.Keys.ObjectOf(key, out _));

    /// <summary>Looks for a copy that fits a request. The caller disposes it.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/>.</exception>
    public async ValueTask<DiskObject?> FindAsync(CacheKey key, HeaderLine[] fields, CancellationToken cancellation)
    {
        if (_store is not { IsReady: true } store) return null;
        var id = store.Keys.ObjectOf(key, out _);
        var result = DiskReadResult.Missed;
        if (!store.Index.Contains(id))
        {
            metrics.Looked(result);
            return null;
        }

        if (!Health.MayRead) return Looked(DiskReadResult.Failed);
        if (store.Reading.TryRun(() => (store.Find(this, key, id, fields, out var why), why)) is not { } reading) return Looked(DiskReadResult.Refused);
        try
        {
            (var found, result) = await reading.WaitAsync(Patience, clock, cancellation);
            // Where one was found, its body has yet to be read: a disk that reads heads alone does not work.
            if (found is null) Health.Worked(DiskOperation.Read);
            return found ?? Looked(result);
        }
        catch (Exception e) when (e is TimeoutException || IsOfTheDisk(e))
        {
            _ = DisposeLateAsync(reading);
            Health.Failed(DiskOperation.Read, e, e is TimeoutException ? "it takes too long" : null);
            return Looked(DiskReadResult.Failed);
        }
        catch (OperationCanceledException)
        {
            _ = DisposeLateAsync(reading);
            throw;
        }
    }

    /// <inheritdoc cref="DiskObject.TryFillAsync"/>
    public async ValueTask<bool> TryFillAsync(DiskObject found, MediaBody body, CancellationToken cancellation)
    {
        if (_store is not { } store || !found.TryEnter()) return false;
        body.AddLease();
        var reading = store.Reading.TryRun(() =>
        {
            try
            {
                return found.Fill(body);
            }
            finally
            {
                found.Leave();
                body.Release();
            }
        });
        if (reading is null)
        {
            found.Leave();
            body.Release();
            Looked(DiskReadResult.Refused);
            return false;
        }

        try
        {
            var isWhole = await reading.WaitAsync(Patience, clock, cancellation);
            Health.Worked(DiskOperation.Read);
            if (isWhole) metrics.Read(found.Record.BodyLength);
            else Looked(DiskReadResult.Corrupt);
            return isWhole;
        }
        catch (Exception e) when (e is TimeoutException || IsOfTheDisk(e))
        {
            Health.Failed(DiskOperation.Read, e, e is TimeoutException ? "it takes too long" : null);
            Looked(DiskReadResult.Failed);
            return false;
        }
    }

    /// <summary>Counts what became of a copy that was found.</summary>
    public DiskObject? Looked(DiskReadResult result)
    {
        metrics.Looked(result);
        return null;
    }

    private static async Task DisposeLateAsync(Task<(DiskObject? Found, DiskReadResult Result)> reading)
    {
        try
        {
            (await reading).Found?.Dispose();
        }
        catch (Exception e) when (IsOfTheDisk(e))
        {
            // Counted already.
        }
    }

    /// <summary>What the disk, a folder that was closed meanwhile, or something in it that is no plain file, throws.</summary>
    internal static bool IsOfTheDisk(Exception e) => e is IOException or UnauthorizedAccessException or ObjectDisposedException or NotSupportedException;
}

using Gateway.Live.Keys;

namespace Gateway.Live.Storage;

/// <summary>A store that knows how many bytes of chunks and segments lie in it: measured now and then, and what this gateway writes in between is added. Thread-safe.</summary>
internal sealed class MeasuredStore(IObjectStore store, TimeProvider time) : IObjectStore, IDisposable
{
    /// <summary>A large bucket is listed in a thousand requests, and what is deleted shows at the next measuring.</summary>
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(5);

    private long _measured;
    private long _written;
    private long _measuredAt = long.MinValue;

    /// <summary>Bytes that lie in the store; other gateways' writes since the last measuring are missing.</summary>
    public long Bytes => Volatile.Read(ref _measured) + Volatile.Read(ref _written);

    public bool CreatesAtomically => store.CreatesAtomically;

    public async Task<bool> CreateAsync(string key, string file, CancellationToken stopping)
    {
        if (!await store.CreateAsync(key, file, stopping)) return false;
        Interlocked.Add(ref _written, new FileInfo(file).Length);
        return true;
    }

    public Task<StoredObject?> OpenAsync(string key, CancellationToken stopping) => store.OpenAsync(key, stopping);

    public Task DeleteAsync(string prefix, CancellationToken stopping) => store.DeleteAsync(prefix, stopping);

    public Task<long> MeasureAsync(string prefix, CancellationToken stopping) => store.MeasureAsync(prefix, stopping);

    public Task CheckAsync(CancellationToken stopping) => store.CheckAsync(stopping);

    public void Dispose() => (store as IDisposable)?.Dispose();

    /// <summary>Measures what lies in the store, where it is due. One caller at a time.</summary>
    /// <param name="isDue">Whether much was deleted just now; else by the time.</param>
    /// <param name="stopping">Ends it; the last measure stands.</param>
    public async Task MeasureAsync(bool isDue, CancellationToken stopping)
    {
        if (!isDue && _measuredAt != long.MinValue && time.GetElapsedTime(_measuredAt) < Between) return;
        var before = Volatile.Read(ref _written);
        var measured = await store.MeasureAsync(StreamChunkKey.InputFolder, stopping) + await store.MeasureAsync(StreamChunkKey.OutputFolder, stopping);
        _measuredAt = time.GetTimestamp();
        Volatile.Write(ref _measured, measured);
        // What was written meanwhile may be counted twice until the next time, and is not forgotten.
        Interlocked.Add(ref _written, -before);
    }
}

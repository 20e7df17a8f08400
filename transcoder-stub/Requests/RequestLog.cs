namespace TranscoderStub.Requests;

/// <summary>
/// The last requests for media, oldest first: how a test proves that many viewers cost one upstream request. Any thread may record or read;
/// when it is full the oldest entry makes room, so that a soak run does not grow.
/// </summary>
internal sealed class RequestLog(TimeProvider time)
{
    private const int Capacity = 10_000;

    // Protects _seen.
    private readonly Lock _lock = new();
    private readonly Queue<RequestEntry> _seen = new();

    public RequestEntry Record(HttpRequest request)
    {
        var seen = new RequestEntry(time.GetUtcNow(), request);
        lock (_lock)
        {
            if (_seen.Count == Capacity) _seen.Dequeue();
            _seen.Enqueue(seen);
        }

        return seen;
    }

    public IReadOnlyList<SeenRequest> Snapshot()
    {
        RequestEntry[] seen;
        lock (_lock) seen = [.. _seen];
        return Array.ConvertAll(seen, s => s.Snapshot());
    }

    public void Clear()
    {
        lock (_lock) _seen.Clear();
    }
}

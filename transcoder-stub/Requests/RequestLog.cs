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
    private readonly Queue<SeenRequest> _seen = new();

    public void Record(HttpRequest request)
    {
        var seen = new SeenRequest(time.GetUtcNow(), request.Method, request.Path, request.QueryString.Value ?? "", request.Headers.Range);
        lock (_lock)
        {
            if (_seen.Count == Capacity) _seen.Dequeue();
            _seen.Enqueue(seen);
        }
    }

    public IReadOnlyList<SeenRequest> Snapshot()
    {
        lock (_lock) return _seen.ToArray();
    }

    public void Clear()
    {
        lock (_lock) _seen.Clear();
    }
}

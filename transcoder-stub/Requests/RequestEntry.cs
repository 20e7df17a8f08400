namespace TranscoderStub.Requests;

/// <summary>A request that may still be answered. Its figures are written by the thread that answers and read by any.</summary>
internal sealed class RequestEntry(DateTimeOffset time, HttpRequest request)
{
    private const int MostHeaders = 40;

    private readonly SeenRequest _asked = new(
        time, Credentials.Cut(request.Method)!, Credentials.InPath(request.Path), Credentials.InQuery(request.QueryString.Value ?? ""), Credentials.Cut(request.Headers.Range))
    {
        Headers = request.Headers.Take(MostHeaders).DistinctBy(h => Credentials.Cut(h.Key), StringComparer.OrdinalIgnoreCase).ToDictionary(
            h => Credentials.Cut(h.Key)!.ToLowerInvariant(), h => Credentials.InHeader(h.Key, h.Value.ToString()), StringComparer.Ordinal),
    };

    private long _sent;
    private int _status;
    private bool _hungUp;

    public void Sent(int bytes) => Interlocked.Add(ref _sent, bytes);

    public void End(int status, bool hungUp)
    {
        Volatile.Write(ref _hungUp, hungUp);
        Volatile.Write(ref _status, status);
    }

    public SeenRequest Snapshot() => _asked with
    {
        Status = Volatile.Read(ref _status) is > 0 and var status ? status : null,
        SentBytes = Interlocked.Read(ref _sent),
        HungUp = Volatile.Read(ref _hungUp),
    };
}

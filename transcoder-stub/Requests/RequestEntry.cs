using System.Collections.Frozen;

namespace TranscoderStub.Requests;

/// <summary>A request that may still be answered. Its figures are written by the thread that answers and read by any.</summary>
internal sealed class RequestEntry(DateTimeOffset time, HttpRequest request)
{
    private const int MostHeaders = 40, LongestValue = 300;

    // Credentials do not belong into a log.
    private static readonly FrozenSet<string> s_secret =
        new[] { "Authorization", "Cookie", "X-Admin-Key", "Proxy-Authorization" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private readonly SeenRequest _asked = new(time, request.Method, request.Path, request.QueryString.Value ?? "", request.Headers.Range)
    {
        Headers = request.Headers.Take(MostHeaders).ToDictionary(
            h => h.Key.ToLowerInvariant(), h => s_secret.Contains(h.Key) ? "***" : Cut(h.Value.ToString()), StringComparer.Ordinal),
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

    private static string Cut(string value) => value.Length <= LongestValue ? value : value[..LongestValue];
}

using System.Collections.Concurrent;
using Gateway.Load.Reports;

namespace Gateway.Load.Targets;

/// <summary>How often each part of a title was asked of an origin: with a cache that works together, once. Manifests and HEAD do not count. Thread-safe.</summary>
internal sealed class OriginCount(TimeProvider time)
{
    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, int> _asked = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, int> _requests = new();
    private readonly ConcurrentDictionary<int, int> _repeats = new();
    private readonly long _began = time.GetTimestamp();

    public void Asked(string method, string path, string? range)
    {
        if (method != "GET" || path.EndsWith(".m3u8", StringComparison.Ordinal) || path.EndsWith(".mpd", StringComparison.Ordinal) || !path.Contains('.', StringComparison.Ordinal)) return;
        var window = (int)(time.GetElapsedTime(_began) / s_window);
        _requests.AddOrUpdate(window, 1, static (_, n) => n + 1);
        if (_asked.AddOrUpdate($"{path} {range}", 1, static (_, n) => n + 1) > 1) _repeats.AddOrUpdate(window, 1, static (_, n) => n + 1);
    }

    /// <summary>Requests, parts of titles, and requests for each.</summary>
    public IEnumerable<Figure> Figures()
    {
        var segments = _asked.Count;
        if (segments == 0) yield break;
        var requests = _asked.Sum(static a => a.Value);
        yield return new Figure("origin.requests", requests, FigureUnit.Number, requests);
        yield return new Figure("origin.segments", segments, FigureUnit.Number, segments);
        yield return new Figure("origin.perSegment", (double)requests / segments, FigureUnit.Number, segments);
        // Where they are: a node that comes back with nothing shows here and not in the mean of a long run.
        yield return new Figure("origin.repeatsAtMost", _repeats.Values.DefaultIfEmpty().Max(), FigureUnit.Number, requests);
    }

    /// <summary>One line for each ten seconds: requests, those for what had been asked for before, and requests for each segment up to then.</summary>
    public IEnumerable<string> Lines()
    {
        var (requests, repeats) = (0, 0);
        foreach (var window in _requests.Keys.Order())
        {
            requests += _requests[window];
            var again = _repeats.GetValueOrDefault(window);
            repeats += again;
            yield return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{window * s_window.TotalSeconds,5:0} s  {_requests[window],6} requests  {again,5} again  {(double)requests / Math.Max(1, requests - repeats),6:0.000} per segment");
        }
    }
}

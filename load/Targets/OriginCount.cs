using System.Collections.Concurrent;
using System.Globalization;
using Gateway.Load.Reports;

namespace Gateway.Load.Targets;

/// <summary>
/// How often each part of a title was asked of an origin, by which gateway, and why it was asked again: with caches that work together, once. Manifests and HEAD do not count. Thread-safe: a part is counted under
/// a lock of its own, a second by atomic additions.
/// </summary>
internal sealed class OriginCount(TimeProvider time)
{
    /// <summary>Two requests within it are about the same need.</summary>
    public static readonly TimeSpan Moment = TimeSpan.FromSeconds(2);

    private static readonly int s_kinds = Enum.GetValues<OriginAsk>().Length;
    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Part> _parts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, long[]> _seconds = new();
    private readonly ConcurrentDictionary<int, int> _lives = new();
    private long _began = time.GetTimestamp();

    /// <summary>The run begins: charts count from here.</summary>
    public void Begin() => Volatile.Write(ref _began, time.GetTimestamp());

    /// <summary>A gateway has lost what it held.</summary>
    /// <param name="gateway">Which, from 0.</param>
    public void Lost(int gateway) => _lives.AddOrUpdate(gateway, 1, static (_, life) => life + 1);

    /// <param name="gateway">Which asks, from 0.</param>
    public void Asked(string method, string path, string? range, int gateway = 0)
    {
        if (method != "GET" || path.EndsWith(".m3u8", StringComparison.Ordinal) || path.EndsWith(".mpd", StringComparison.Ordinal) || !path.Contains('.', StringComparison.Ordinal)) return;
        var now = time.GetElapsedTime(Volatile.Read(ref _began));
        var ask = _parts.GetOrAdd($"{path} {range}", static _ => new Part()).Asked(gateway, _lives, now);
        Interlocked.Increment(ref _seconds.GetOrAdd(Math.Max(0, (int)now.TotalSeconds), static _ => new long[s_kinds])[(int)ask]);
    }

    /// <summary>Requests, parts of titles, and requests for each.</summary>
    public IEnumerable<Figure> Figures()
    {
        var sums = Sums(_seconds.Keys);
        var (requests, parts) = (sums.Sum(), sums[(int)OriginAsk.First]);
        if (parts == 0) yield break;
        yield return new Figure("origin.requests", requests, FigureUnit.Number, requests);
        yield return new Figure("origin.segments", parts, FigureUnit.Number, parts);
        yield return new Figure("origin.perSegment", (double)requests / parts, FigureUnit.Number, parts);
        for (var ask = OriginAsk.SameGateway; (int)ask < s_kinds; ask++) yield return new Figure($"origin.again.{NameOf(ask)}", sums[(int)ask], FigureUnit.Number, requests);
        // Where they are: a node that comes back with nothing shows here and not in the mean of a long run.
        yield return new Figure("origin.repeatsAtMost", Windows().Max(static w => w.Sums.Sum() - w.Sums[0]), FigureUnit.Number, requests);
    }

    /// <summary>One line for each ten seconds: requests, those for what had been asked for before and why, and requests for each segment up to then.</summary>
    public IEnumerable<string> Lines()
    {
        var (requests, parts) = (0L, 0L);
        foreach (var (window, sums) in Windows())
        {
            requests += sums.Sum();
            parts += sums[(int)OriginAsk.First];
            var causes = string.Join(", ", Enumerable.Range(1, s_kinds - 1).Where(i => sums[i] > 0).Select(i => string.Create(CultureInfo.InvariantCulture, $"{NameOf((OriginAsk)i)} {sums[i]}")));
            yield return string.Create(CultureInfo.InvariantCulture, $"{window * s_window.TotalSeconds,5:0} s  {sums.Sum(),6} requests  {sums.Sum() - sums[0],5} again  {(double)requests / Math.Max(1, parts),6:0.000} per segment  {causes}");
        }
    }

    /// <summary>Requests, and those of them that were not the first, in each second of the run that had any.</summary>
    public IReadOnlyList<OriginSecond> Seconds() => [.. _seconds.OrderBy(static s => s.Key).Select(static s => new OriginSecond(s.Key, s.Value.Sum(), s.Value.Sum() - s.Value[0]))];

    private IEnumerable<(int Window, long[] Sums)> Windows() =>
        _seconds.Keys.GroupBy(static s => (int)(s / s_window.TotalSeconds)).OrderBy(static g => g.Key).Select(g => (g.Key, Sums(g)));

    private long[] Sums(IEnumerable<int> seconds)
    {
        var sums = new long[s_kinds];
        foreach (var second in seconds)
        {
            for (var i = 0; i < s_kinds; i++) sums[i] += Interlocked.Read(ref _seconds[second][i]);
        }

        return sums;
    }

    private static string NameOf(OriginAsk ask) => char.ToLowerInvariant(ask.ToString()[0]) + ask.ToString()[1..];

    /// <summary>One part of a title, and the lives of gateways that asked for it.</summary>
    private sealed class Part
    {
        private readonly List<(int Gateway, int Life)> _askers = [];
        private TimeSpan _lastAt;

        public OriginAsk Asked(int gateway, ConcurrentDictionary<int, int> lives, TimeSpan now)
        {
            lock (_askers)
            {
                var me = (gateway, lives.GetValueOrDefault(gateway));
                var ask = _askers.Count == 0 ? OriginAsk.First
                    : _askers.Contains(me) ? OriginAsk.SameGateway
                    : now - _lastAt < Moment ? OriginAsk.AtOnce
                    : _askers.TrueForAll(a => lives.GetValueOrDefault(a.Gateway) != a.Life) ? OriginAsk.Lost
                    : OriginAsk.OtherGateway;
                _lastAt = now;
                if (!_askers.Contains(me)) _askers.Add(me);
                return ask;
            }
        }
    }
}

using System.Runtime.InteropServices;

namespace Gateway.Adaptation.Bandwidth;

/// <summary>
/// What the lines of a network carried of late, for sessions that begin in it: by hour of the day where that hour was seen, else over all hours. What a network carried is a
/// geometric mean that forgets, because rates of lines differ by factors and not by sums. It tells nothing before <see cref="LeastSessions"/> sessions said something.
/// </summary>
/// <remarks>
/// Memory is bounded: beyond its number of entries the one heard of longest ago among a few goes. Safe for several threads; one lock protects the table, and only field work is done under it.
/// </remarks>
internal sealed class NetworkPrior(int entries)
{
    /// <summary>Fewer sessions are no network but a line.</summary>
    public const int LeastSessions = 3;

    /// <summary>Hour that stands for all hours.</summary>
    private const int AnyHour = 24;

    private const double Weight = 0.2;
    private const int Candidates = 8;

    private readonly Lock _lock = new();
    private readonly Dictionary<Key, int> _index = [];
    private readonly List<Entry> _entries = [];
    private long _clock;
    private int _hand;

    /// <summary>Networks and hours that are remembered.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _entries.Count;
        }
    }

    /// <summary>A session told what its line carries.</summary>
    /// <param name="network">Where it is.</param>
    /// <param name="hour">Of the day, 0 to 23, UTC.</param>
    /// <param name="kbps">What its line carried; told once a session.</param>
    public void Observe(NetworkPrefix network, int hour, double kbps)
    {
        if (entries == 0 || !(kbps > 0) || !double.IsFinite(kbps)) return;
        lock (_lock)
        {
            Blend(new Key(network, hour), kbps);
            Blend(new Key(network, AnyHour), kbps);
        }
    }

    /// <summary>What a session that begins may expect, kbit/s; null = nothing is known.</summary>
    public double? Estimate(NetworkPrefix network, int hour)
    {
        lock (_lock) return Of(new Key(network, hour)) ?? Of(new Key(network, AnyHour));
    }

    private double? Of(Key key) =>
        _index.TryGetValue(key, out var at) && _entries[at].Sessions >= LeastSessions ? Math.Exp(_entries[at].LogKbps) : null;

    private void Blend(Key key, double kbps)
    {
        var log = Math.Log(kbps);
        if (_index.TryGetValue(key, out var at))
        {
            var entry = _entries[at];
            var weight = Math.Max(Weight, 1.0 / (entry.Sessions + 1));
            _entries[at] = entry with { LogKbps = entry.LogKbps + (weight * (log - entry.LogKbps)), Sessions = entry.Sessions + 1, HeardAt = ++_clock };
            return;
        }

        var fresh = new Entry(key, log, 1, ++_clock);
        if (_entries.Count < entries)
        {
            _index[key] = _entries.Count;
            _entries.Add(fresh);
            return;
        }

        var oldest = Oldest();
        _index.Remove(_entries[oldest].Key);
        _entries[oldest] = fresh;
        _index[key] = oldest;
    }

    /// <summary>Of a few entries side by side the one heard of longest ago; the hand goes round, so that each comes to be looked at.</summary>
    private int Oldest()
    {
        var oldest = _hand % _entries.Count;
        for (var i = 0; i < Candidates; i++)
        {
            var at = _hand++ % _entries.Count;
            if (_hand == int.MaxValue) _hand = 0;
            if (_entries[at].HeardAt < _entries[oldest].HeardAt) oldest = at;
        }

        return oldest;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Key(NetworkPrefix Network, int Hour);

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Entry(Key Key, double LogKbps, int Sessions, long HeardAt);
}

using System.Collections.Concurrent;

namespace Gateway.Origin;

/// <summary>
/// The last first-byte times of each cluster, for the wait before a hedged request: percentiles follow the origin's present
/// speed, where a fixed limit would double the load of one that is always slow. Requests that upstream is meant to hold do not count.
/// </summary>
internal sealed class FirstByteTimes
{
    /// <summary>Least samples for a percentile: fewer tell nothing about the slowest twentieth.</summary>
    public const int Enough = 20;

    private const int Kept = 256;

    private readonly ConcurrentDictionary<string, Ring> _clusters = new(StringComparer.Ordinal);

    public void Add(string cluster, TimeSpan time) => _clusters.GetOrAdd(cluster, static _ => new Ring()).Add((float)time.TotalMilliseconds);

    /// <summary>Whether enough are known.</summary>
    public bool IsKnown(string cluster) => _clusters.TryGetValue(cluster, out var ring) && ring.Count >= Enough;

    /// <summary>Median and 95th percentile; null as long as too few are known.</summary>
    public (TimeSpan Median, TimeSpan P95)? Of(string cluster) => _clusters.TryGetValue(cluster, out var ring) ? ring.Figures() : null;

    private sealed class Ring
    {
        private readonly Lock _lock = new();

        // Both are protected by the lock.
        private readonly float[] _milliseconds = new float[Kept];
        private long _count;

        public long Count => Volatile.Read(ref _count);

        public void Add(float milliseconds)
        {
            lock (_lock) _milliseconds[_count++ % Kept] = milliseconds;
        }

        public (TimeSpan Median, TimeSpan P95)? Figures()
        {
            Span<float> sorted = stackalloc float[Kept];
            lock (_lock)
            {
                if (_count < Enough) return null;
                sorted = sorted[..(int)Math.Min(_count, Kept)];
                _milliseconds.AsSpan(0, sorted.Length).CopyTo(sorted);
            }

            sorted.Sort();
            return (TimeSpan.FromMilliseconds(sorted[sorted.Length / 2]), TimeSpan.FromMilliseconds(sorted[(int)(sorted.Length * 0.95)]));
        }
    }
}

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
    public (TimeSpan Median, TimeSpan P95)? Of(string cluster) => _clusters.TryGetValue(cluster, out var ring) ? ring.Current() : null;

    private sealed class Ring
    {
        /// <summary>So many new times leave the figures as they are: every media request looks at them, and sorting costs more than a look.</summary>
        private const int Unnoticed = 8;

        private readonly Lock _lock = new();

        // Protected by the lock.
        private readonly float[] _milliseconds = new float[Kept];
        private long _count;
        private volatile Figures? _figures;

        public long Count => Volatile.Read(ref _count);

        public void Add(float milliseconds)
        {
            lock (_lock) _milliseconds[_count++ % Kept] = milliseconds;
        }

        public (TimeSpan Median, TimeSpan P95)? Current()
        {
            if (_figures is not { } known || Count - known.At >= Unnoticed || (known.At < Enough && Count >= Enough)) _figures = known = Compute();
            return known is { At: >= Enough } ? (known.Median, known.P95) : null;
        }

        private Figures Compute()
        {
            Span<float> sorted = stackalloc float[Kept];
            long count;
            lock (_lock)
            {
                count = _count;
                if (count < Enough) return new Figures(0, default, default);
                sorted = sorted[..(int)Math.Min(count, Kept)];
                _milliseconds.AsSpan(0, sorted.Length).CopyTo(sorted);
            }

            sorted.Sort();
            return new Figures(count, TimeSpan.FromMilliseconds(sorted[sorted.Length / 2]), TimeSpan.FromMilliseconds(sorted[(int)(sorted.Length * 0.95)]));
        }

        /// <param name="At">Times known when these were computed.</param>
        private sealed record Figures(long At, TimeSpan Median, TimeSpan P95);
    }
}

using System.Numerics;

namespace Gateway.Load.Reports;

/// <summary>
/// Counts whole numbers from 0 upwards in buckets whose width grows with the value, as HdrHistogram does: each power of two is divided into
/// <see cref="SubBuckets"/> equal parts, so that a reported value is at most 0.4 % off, be it a millisecond or an hour, and recording costs no more than an
/// increment. What a unit is (microseconds, kbit/s) is the caller's affair. For one thread at a time.
/// </summary>
internal sealed class ValueHistogram
{
    private const int SubBits = 7;

    /// <summary>Parts of each power of two.</summary>
    public const int SubBuckets = 1 << SubBits;

    private long[] _counts = new long[SubBuckets * 2];
    private double _sum;

    public long Count { get; private set; }

    /// <summary>The greatest recorded value, exactly; 0 when there is none.</summary>
    public long Max { get; private set; }

    /// <summary>The least recorded value, exactly; 0 when there is none.</summary>
    public long Min { get; private set; }

    /// <summary>The exact mean; 0 when there is none.</summary>
    public double Mean => Count == 0 ? 0 : _sum / Count;

    public double Sum => _sum;

    /// <param name="value">Below 0 counts as 0.</param>
    /// <param name="times">How often; at least 1.</param>
    public void Record(long value, long times = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        if (value < 0) value = 0;
        var index = IndexOf(value);
        if (index >= _counts.Length) Array.Resize(ref _counts, Math.Max(index + 1, _counts.Length * 2));
        _counts[index] += times;
        Min = Count == 0 ? value : Math.Min(Min, value);
        Max = Math.Max(Max, value);
        Count += times;
        _sum += (double)value * times;
    }

    public void Add(ValueHistogram other)
    {
        if (other.Count == 0) return;
        if (other._counts.Length > _counts.Length) Array.Resize(ref _counts, other._counts.Length);
        for (var i = 0; i < other._counts.Length; i++) _counts[i] += other._counts[i];
        Min = Count == 0 ? other.Min : Math.Min(Min, other.Min);
        Max = Math.Max(Max, other.Max);
        Count += other.Count;
        _sum += other._sum;
    }

    /// <summary>The value below or at which this share of all values lies: that of rank ⌈q·n⌉, and never beyond the least and the greatest. 0 when there is none.</summary>
    /// <param name="quantile">0 to 1.</param>
    public long ValueAt(double quantile)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(quantile);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quantile, 1);
        if (Count == 0) return 0;
        // The hair keeps 0.95 × 100 from being 95.00000000000001 and thereby rank 96.
        var rank = Math.Max(1, (long)Math.Ceiling((quantile * Count) - 1e-9));
        if (rank >= Count) return Max;
        var seen = 0L;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank) return Math.Clamp(MiddleOf(i), Min, Max);
        }

        return Max;
    }

    /// <summary>Share of values at or below <paramref name="value"/>, to the width of its bucket; 1 when there is none.</summary>
    public double ShareUpTo(long value)
    {
        if (Count == 0 || value >= Max) return 1;
        var end = Math.Min(IndexOf(Math.Max(0, value)), _counts.Length - 1);
        var seen = 0L;
        for (var i = 0; i <= end; i++) seen += _counts[i];
        return (double)seen / Count;
    }

    /// <summary>The buckets that hold something, from the least value up: middle of the bucket and how many.</summary>
    public IEnumerable<(long Value, long Count)> Buckets()
    {
        for (var i = 0; i < _counts.Length; i++)
        {
            if (_counts[i] > 0) yield return (Math.Clamp(MiddleOf(i), Min, Max), _counts[i]);
        }
    }

    // Values below 2·SubBuckets have a bucket each. Above, the highest bit tells the power of two, and the SubBits bits behind it the part.
    private static int IndexOf(long value)
    {
        if (value < 2 * SubBuckets) return (int)value;
        var shift = BitOperations.Log2((ulong)value) - SubBits;
        return (shift * SubBuckets) + (int)(value >> shift);
    }

    private static long MiddleOf(int index)
    {
        if (index < 2 * SubBuckets) return index;
        var shift = (index / SubBuckets) - 1;
        var low = (long)((index % SubBuckets) + SubBuckets) << shift;
        return low + ((1L << shift) / 2);
    }
}

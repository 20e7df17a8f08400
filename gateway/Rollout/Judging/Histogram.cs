namespace Gateway.Rollout.Judging;

/// <summary>Counts by bin.</summary>
internal sealed class Histogram(int bins)
{
    private readonly long[] _counts = new long[bins];

    public long Total { get; private set; }

    public ReadOnlySpan<long> Counts => _counts;

    public void Add(int bin, long times = 1)
    {
        _counts[bin] += times;
        Total += times;
    }

    public void Merge(Histogram other)
    {
        for (var bin = 0; bin < _counts.Length; bin++) _counts[bin] += other._counts[bin];
        Total += other.Total;
    }

    /// <summary>How many lie in this bin or below.</summary>
    public long CountTo(int bin)
    {
        var sum = 0L;
        for (var i = 0; i <= bin; i++) sum += _counts[i];
        return sum;
    }

    /// <summary>The bin in which the value of this rank lies (1 = the smallest); the last one beyond all.</summary>
    public int BinOfRank(long rank)
    {
        for (var bin = 0; bin < _counts.Length; bin++)
        {
            rank -= _counts[bin];
            if (rank <= 0) return bin;
        }

        return _counts.Length - 1;
    }
}

namespace Gateway.Load.Reports.Comparison;

/// <summary>The players of one run, laid out so that the figures of a draw of them take one walk: sums by count, quantiles by counting along the sorted waits.</summary>
internal sealed class PlayerSet
{
    private readonly PlayerRow[] _rows;
    private readonly int[] _byWait;
    private readonly double[] _qoe;

    public PlayerSet(IReadOnlyList<PlayerRow> rows)
    {
        _rows = [.. rows];
        // Of those that came just before the end nothing can be said, and the report's own quantiles leave them out as well.
        _byWait = [.. Enumerable.Range(0, _rows.Length).Where(i => !_rows[i].CutOff).OrderBy(i => _rows[i].WaitedMs)];
        _qoe = [.. _rows.Select(LinearQoe.Of)];
    }

    public int Count => _rows.Length;

    /// <summary>The figures that are compared, in the order of <see cref="RunComparison.Figures"/>.</summary>
    /// <param name="drawn">How often each player was drawn.</param>
    /// <param name="figures">Where they go.</param>
    public void Measure(ReadOnlySpan<int> drawn, Span<double> figures)
    {
        double played = 0, stall = 0, stalls = 0, stalled = 0, failed = 0, switches = 0, kbps = 0, qoe = 0;
        long total = 0, waited = 0;
        for (var i = 0; i < _rows.Length; i++)
        {
            var times = drawn[i];
            if (times == 0) continue;
            var row = _rows[i];
            total += times;
            if (!row.CutOff) waited += times;
            played += times * row.PlayedMs;
            stall += times * row.StallMs;
            stalls += times * row.Stalls;
            if (row.Stalls > 0) stalled += times;
            if (row.Failed) failed += times;
            switches += times * row.Switches;
            kbps += times * row.MeanKbps * row.PlayedMs;
            qoe += times * _qoe[i];
        }

        var hours = (played + stall) / 3_600_000;
        figures[0] = Ratio(qoe, total);
        figures[1] = Ratio(failed, total);
        figures[2] = Ratio(stall / 1000, hours);
        figures[3] = Ratio(stalls, hours);
        figures[4] = Ratio(stalled, total);
        figures[5] = Quantile(drawn, waited, 0.5);
        figures[6] = Quantile(drawn, waited, 0.95);
        figures[7] = Ratio(kbps, played);
        figures[8] = Ratio(switches, hours);
    }

    private double Quantile(ReadOnlySpan<int> drawn, long total, double quantile)
    {
        var rank = Math.Max(1, (long)Math.Ceiling((quantile * total) - 1e-9));
        foreach (var index in _byWait)
        {
            rank -= drawn[index];
            if (rank <= 0) return _rows[index].WaitedMs;
        }

        return 0;
    }

    private static double Ratio(double part, double whole) => whole <= 0 ? 0 : part / whole;
}

using Gateway.Load.Pacing;
using Gateway.Load.Players;

namespace Gateway.Load.Reports;

/// <summary>
/// Makes the figures of a run from what was recorded. Rates per hour are over hours in which the picture moved or should have moved; shares of players are over all
/// that began.
/// </summary>
internal static class RunFigures
{
    private static readonly (string Name, double Quantile)[] s_quantiles = [("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99), ("max", 1)];

    public static List<Figure> Of(RunRecorder recorder, IReadOnlyList<RequestFigures> steps, IReadOnlyDictionary<string, double> metrics, Lateness lateness, TimeSpan duration)
    {
        var figures = new List<Figure>();
        var rows = recorder.Rows;
        if (rows.Count > 0)
        {
            Players(figures, rows);
            Add("startup.mean", recorder.StartUp.Mean / 1000, FigureUnit.Milliseconds, recorder.StartUp.Count);
            Quantiles(figures, "startup", recorder.StartUp);
            foreach (var cause in Enum.GetValues<StallCause>())
                Add($"stalls.{Lower(cause)}", recorder.Stalls.GetValueOrDefault(cause).Count, FigureUnit.Number, rows.Count);
            var served = recorder.Sources;
            var told = served.Buffer + served.Cache + served.Origin;
            if (told > 0)
            {
                Add("source.buffer", (double)served.Buffer / told, FigureUnit.Share, told);
                Add("source.cache", (double)served.Cache / told, FigureUnit.Share, told);
                Add("source.origin", (double)served.Origin / told, FigureUnit.Share, told);
            }

            var (whole, compared) = recorder.Bytes;
            if (whole > 0) Add("segments.compared", (double)compared / whole, FigureUnit.Share, whole);
            foreach (var fault in Enum.GetValues<PlayerFault>()) Add($"faults.{Lower(fault)}", recorder.Faults[(int)fault], FigureUnit.Number, rows.Count);
        }

        var all = (IReadOnlyList<RequestFigures>)[.. recorder.Requests, .. steps];
        var count = all.Sum(static r => r.Count);
        Add("requests.count", count, FigureUnit.Number, count);
        Add("requests.rate", count / Math.Max(duration.TotalSeconds, 1e-3), FigureUnit.PerSecond, count);
        Add("requests.failed", count == 0 ? 0 : (double)all.Sum(static r => r.Failed) / count, FigureUnit.Share, count);
        Add("requests.bytes", all.Sum(static r => r.Bytes), FigureUnit.Bytes, count);
        foreach (var request in all)
        {
            Add($"{request.Name}.count", request.Count, FigureUnit.Number, request.Count);
            Add($"{request.Name}.success", request.Count == 0 ? 0 : 1 - ((double)request.Failed / request.Count), FigureUnit.Share, request.Count);
            Quantiles(figures, request.Name, request.Total);
            if (request.FirstByte.Count > 0) Quantiles(figures, $"{request.Name}.firstByte", request.FirstByte);
        }

        foreach (var (name, value) in metrics) Add($"metric.{name}", value, FigureUnit.Number, 1);
        Quantiles(figures, "tester.startLateness", lateness.Starts);
        Quantiles(figures, "tester.timerLateness", lateness.Timers);
        return figures;

        void Add(string name, double value, FigureUnit unit, long observations) => figures.Add(new Figure(name, value, unit, observations));
    }

    /// <summary>Figures that are made of players alone; a comparison makes them again from drawn players.</summary>
    private static void Players(List<Figure> figures, IReadOnlyList<PlayerRow> rows)
    {
        var sums = PlayerSums.Of(rows);
        // Of stalls nothing is known when nobody had a picture that could have stopped.
        var watched = sums.PlayedMs + sums.StallMs > 0 ? rows.Count : 0;
        figures.Add(new Figure("players.count", rows.Count, FigureUnit.Number, rows.Count));
        figures.Add(new Figure("players.failed", sums.FailedShare, FigureUnit.Share, rows.Count));
        figures.Add(new Figure("players.leftEarly", (double)rows.Count(static r => r.LeftEarly) / rows.Count, FigureUnit.Share, rows.Count));
        figures.Add(new Figure("players.stalled", sums.StalledShare, FigureUnit.Share, rows.Count));
        figures.Add(new Figure("played.hours", sums.PlayedHours, FigureUnit.Number, rows.Count));
        figures.Add(new Figure("stalls.perHour", sums.StallsPerHour, FigureUnit.PerHour, watched));
        figures.Add(new Figure("stalls.secondsPerHour", sums.StallSecondsPerHour, FigureUnit.SecondsPerHour, watched));
        figures.Add(new Figure("stalls.share", sums.StallShare, FigureUnit.Share, watched));
        figures.Add(new Figure("stalls.mostOfAPlayer", rows.Max(static r => r.StallMs), FigureUnit.Milliseconds, watched));
        figures.Add(new Figure("stalls.mostOfAPlayerNet", rows.Max(static r => Math.Max(0, r.StallMs - r.TesterStallMs)), FigureUnit.Milliseconds, watched));
        figures.Add(new Figure("bitrate.mean", sums.MeanKbps, FigureUnit.Kbps, rows.Count));
        figures.Add(new Figure("switches.perHour", sums.SwitchesPerHour, FigureUnit.PerHour, rows.Count));
        figures.Add(new Figure("wasted.share", sums.WastedShare, FigureUnit.Share, rows.Count));
        figures.Add(new Figure("qoe.mean", sums.Qoe, FigureUnit.Number, rows.Count));
        var seeks = new ValueHistogram();
        // One without an end counts with what it lasted until something else ended it, as start-ups do: left out, a system that stands still would look quick.
        foreach (var wait in rows.SelectMany(static r => r.SeekMs)) seeks.Record((long)(Math.Abs(wait) * 1000));
        var endless = rows.Sum(static r => r.SeekMs.Count(static w => w < 0));
        if (endless > 0) figures.Add(new Figure("seek.endless", endless, FigureUnit.Number, seeks.Count));
        if (seeks.Count > 0) Quantiles(figures, "seek", seeks);
        var live = rows.Where(static r => r.LiveLatencyMs is not null).Select(static r => r.LiveLatencyMs!.Value).ToArray();
        if (live.Length > 0) figures.Add(new Figure("live.latency", live.Average(), FigureUnit.Milliseconds, live.Length));
    }

    private static void Quantiles(List<Figure> figures, string name, ValueHistogram histogram)
    {
        foreach (var (suffix, quantile) in s_quantiles) figures.Add(new Figure($"{name}.{suffix}", histogram.ValueAt(quantile) / 1000.0, FigureUnit.Milliseconds, histogram.Count));
    }

    private static string Lower<T>(T word)
        where T : struct, Enum => char.ToLowerInvariant(word.ToString()[0]) + word.ToString()[1..];
}

using System.Globalization;
using Gateway.Load.Players;

namespace Gateway.Load.Reports;

/// <summary>The run in a few plain sentences, the most important first: what a reader would say to somebody who asks how it went.</summary>
internal sealed record Verdict(string Headline, IReadOnlyList<string> Sentences)
{
    // As long as the tester may be late at the 99th percentile, four times over: a viewer would see that.
    private const double LongStopMs = 1000;

    public static Verdict Of(RunReport report)
    {
        var failed = report.Thresholds.Where(static t => !t.HasPassed).ToArray();
        string headline;
        if (report.IsInvalid) headline = "Not valid: the tester itself was too slow";
        else if (!report.IsComplete) headline = "Stopped before its end";
        else if (failed.Length > 0) headline = $"Failed: {failed.Length} of {report.Thresholds.Count} limits broken";
        else if (report.TesterFailure is not null) headline = $"Passed: all {report.Thresholds.Count} limits kept, though the tester itself was late";
        else headline = report.Thresholds.Count > 0 ? $"Passed: all {report.Thresholds.Count} limits kept" : "Done: no limits were set";

        var sentences = new List<string>();
        if (report.TesterFailure is { } late && !report.IsInvalid) sentences.Add($"{late} That made it harder to keep the limits, and not easier.");
        else if (report.TesterFailure is { } reason) sentences.Add($"{reason} What follows shows the tester's own slowness as well; run fewer players, or give it another machine.");
        foreach (var limit in failed.Take(6)) sentences.Add($"{limit.Threshold} was not kept: {limit.Told}.");
        if (report.Players.Count > 0) Viewers(report, sentences);
        Requests(report, sentences);
        if (report.TesterFailure is null && !report.IsVirtual && report.ValueOf("tester.startLateness.p99") is { } starts && report.ValueOf("tester.timerLateness.p99") is { } timers)
        {
            // A stop shorter than a hundredth of the run breaks no limit, and is the tester's doing all the same.
            var worst = Math.Max(report.ValueOf("tester.startLateness.max") ?? 0, report.ValueOf("tester.timerLateness.max") ?? 0);
            sentences.Add(
                $"The tester kept up: 99 % of its players started within {FigureText.Milliseconds(starts)} of plan, and 99 % of its timers came within {FigureText.Milliseconds(timers)}"
                + (worst > LongStopMs ? $"; but once it was {FigureText.Milliseconds(worst)} late, and what viewers lacked then may be its own doing." : "."));
        }

        return new Verdict(headline, sentences);
    }

    private static void Viewers(RunReport report, List<string> sentences)
    {
        var (count, played) = (report.Players.Count, report.ValueOf("played.hours") ?? 0);
        sentences.Add($"{Many(count, "viewer")} watched {FigureText.Duration(TimeSpan.FromHours(played))} in all, at {FigureText.Of(report.ValueOf("bitrate.mean") ?? 0, FigureUnit.Kbps)} on average.");
        var never = report.Players.Count(static p => p.StartUpMs is null && p.Failed);
        sentences.Add(
            $"Half of them saw the first picture within {At(report, 0.5)}, 95 % within {At(report, 0.95)}"
            + (never > 0 ? $"; {Many(never, "viewer")} never saw one." : "; everybody who stayed saw one."));
        var stalled = report.Players.Count(static p => p.Stalls > 0);
        sentences.Add(stalled == 0
            ? "The picture never stopped for anybody."
            : $"The picture stopped for {stalled} of {count} viewers ({FigureText.Share((double)stalled / count)}), {FigureText.Of(report.ValueOf("stalls.secondsPerHour") ?? 0, FigureUnit.SecondsPerHour)} of watching; most of it for {Cause(report)}.");
    }

    private static void Requests(RunReport report, List<string> sentences)
    {
        var (count, share) = ((long)(report.ValueOf("requests.count") ?? 0), report.ValueOf("requests.failed") ?? 0);
        if (count == 0) return;
        sentences.Add(share == 0 ? $"None of {FigureText.Number(count)} requests failed." : $"{FigureText.Share(share)} of {FigureText.Number(count)} requests failed.");
        var (bytes, length) = (report.ValueOf("faults.wrongBytes") ?? 0, report.ValueOf("faults.wrongLength") ?? 0);
        if (bytes > 0) sentences.Add($"{Many((int)bytes, "segment")} had wrong bytes.");
        if (length > 0) sentences.Add($"{Many((int)length, "answer")} had too few or too many bytes.");
        if (report.ValueOf("segments.compared") is not { } compared) return;
        sentences.Add(compared == 0 ? "No bytes were compared: what these titles hold is not known." : $"The bytes of {FigureText.Share(compared)} of the segments were compared with the titles'.");
    }

    private static string Cause(RunReport report)
    {
        var causes = Enum.GetValues<StallCause>().OrderByDescending(c => report.ValueOf($"stalls.{c.ToString().ToLowerInvariant()}") ?? 0).First();
        return causes switch { StallCause.Manifest => "want of a manifest", StallCause.Init => "want of an init segment", _ => "want of a segment" };
    }

    private static string At(RunReport report, double quantile) => RequestSummary.At(report.StartUp, quantile) is { } ms ? FigureText.Milliseconds(ms) : "–";

    private static string Many(int count, string word) => string.Create(CultureInfo.InvariantCulture, $"{FigureText.Number(count)} {word}{(count == 1 ? "" : "s")}");
}

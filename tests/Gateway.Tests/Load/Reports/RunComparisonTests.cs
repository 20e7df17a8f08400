using Gateway.Load.Reports.Comparison;

namespace Gateway.Tests.Load.Reports;

public sealed class RunComparisonTests
{
    [Fact]
    public void Of_ARunWithItself_TellsNoDifference()
    {
        var report = Made.Drawn(200, 800, 1);
        var comparison = RunComparison.Of(report, report);
        Assert.True(comparison.IsPaired);
        Assert.All(comparison.Compared, f => Assert.Equal((0, 0, 0, 0.5), (f.Difference, f.Low, f.High, f.SureBetter)));
        Assert.StartsWith("No difference for viewers can be told", comparison.Sentence, StringComparison.Ordinal);
        Assert.False(comparison.IsWorse);
    }

    [Fact]
    public void Of_PlayersCutOffByTheEnd_LeavesTheirWaitsOutAsTheReportDoes()
    {
        Gateway.Load.Reports.PlayerRow[] rows = [.. Enumerable.Range(0, 40).Select(i => Made.Player(i, 1000)), .. Enumerable.Range(40, 60).Select(i => Made.Player(i, 10) with { StartUpMs = null, CutOff = true })];
        var comparison = RunComparison.Of(Made.Report(rows), Made.Report(rows));
        Assert.Equal(1000, Figure(comparison, "startup.p50").A);
    }

    [Fact]
    public void Of_AMuchSlowerRun_IsSureThatItIsWorse()
    {
        var comparison = RunComparison.Of(Made.Drawn(300, 500, 1), Made.Drawn(300, 5000, 2));
        var startUp = Figure(comparison, "startup.p50");
        Assert.True(startUp is { IsClear: true, IsBetter: false, SureBetter: < 0.01 });
        Assert.True(comparison.IsWorse);
        Assert.StartsWith("B is worse for viewers than A, more than 99.9 % sure", comparison.Sentence, StringComparison.Ordinal);
        Assert.StartsWith("B is better", RunComparison.Of(Made.Drawn(300, 5000, 2), Made.Drawn(300, 500, 1)).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_SevenOfTenPlayersAHundredTimesSlower_IsWorse()
    {
        var a = Made.Report([.. Enumerable.Range(0, 10).Select(static i => Made.Player(i, 300 + i))]);
        var b = Made.Report([.. Enumerable.Range(0, 10).Select(static i => Made.Player(i, i < 7 ? 30_000 + i : 300 + i))], "q");
        Assert.True(RunComparison.Of(a, b).IsWorse);
        Assert.False(RunComparison.Of(b, a).IsWorse);
    }

    [Fact]
    public void Of_MoreStallsAtAHigherRate_IsWorseByTheJudgeWhileTheWholeIsNot()
    {
        // What the stalls cost is what the rate brings: the whole cannot be told apart, and stalls can.
        var a = Made.Report([.. Enumerable.Range(0, 400).Select(static i => Made.Player(i, 500, i % 20 == 0 ? 3000 : 0, 3000))]);
        var b = Made.Report([.. Enumerable.Range(0, 400).Select(static i => Made.Player(i, 500, i % 4 == 0 ? 3000 : 0, 3180 + (i % 2 * 10)))], "q");
        var comparison = RunComparison.Of(a, b);
        Assert.False(comparison.Overall.IsClear, comparison.Sentence);
        Assert.True(comparison.IsWorse);
        Assert.StartsWith("B is worse for viewers than A in one respect (stalled)", comparison.Sentence, StringComparison.Ordinal);
        Assert.Contains("- stalled: 5.00 % in A, 25.00 % in B, evidence", ComparisonText.Write(comparison, "a", "b"), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_EqualRunsDrawnOften_IsFalselyClearInOneOfTwenty()
    {
        // The interval of a mean from two draws of the same population leaves 0 out in about 5 of 100 cases.
        var clear = 0;
        for (var i = 0; i < 60; i++)
        {
            var comparison = RunComparison.Of(Made.Drawn(80, 800, (ulong)(1000 + i)), Made.Drawn(80, 800, (ulong)(5000 + i), "q"), (ulong)i);
            if (comparison.Overall.IsClear) clear++;
        }

        Assert.InRange(clear, 0, 9);
    }

    [Fact]
    public void Of_TheSameViewers_FindsASmallDifferenceThatOthersHide()
    {
        // Start-ups spread over seconds, and each of them 50 ms longer in B.
        var first = Made.Drawn(200, 2000, 1);
        var second = first with { Players = [.. first.Players.Select(p => p with { StartUpMs = p.StartUpMs + 50, WaitedMs = p.WaitedMs + 50 })] };
        Assert.True(Figure(RunComparison.Of(first, second), "qoe.mean").IsClear);
        var unpaired = RunComparison.Of(first, second with { Plan = "another" });
        Assert.False(unpaired.IsPaired);
        Assert.False(unpaired.Overall.IsClear);
        Assert.Contains(unpaired.Warnings, w => w.StartsWith("The plans differ", StringComparison.Ordinal));
    }

    [Fact]
    public void Of_FewPlayersOrABrokenRun_Warns()
    {
        var report = Made.Drawn(5, 800, 1);
        var warnings = RunComparison.Of(report, report with { TesterFailure = "late", IsComplete = false }).Warnings;
        Assert.Contains(warnings, w => w.Contains("fewer than 30", StringComparison.Ordinal));
        Assert.Contains(warnings, w => w.StartsWith("In B the tester", StringComparison.Ordinal));
        Assert.Contains(warnings, w => w.Contains("did not go to its end", StringComparison.Ordinal));
    }

    [Fact]
    public void Of_AReportWithoutPlayers_IsRefused() => Assert.Throws<InvalidDataException>(() => RunComparison.Of(Made.Report([]), Made.Drawn(5, 1, 1)));

    [Fact]
    public void Text_OfAComparison_BeginsWithTheAnswer()
    {
        var text = ComparisonText.Write(RunComparison.Of(Made.Drawn(300, 500, 1), Made.Drawn(300, 5000, 2)), "a.json", "b.json");
        Assert.StartsWith("B is worse for viewers", text, StringComparison.Ordinal);
        Assert.Contains("startup.p50 (worse)", text, StringComparison.Ordinal);
        Assert.Contains("compared one by one", text, StringComparison.Ordinal);
    }

    private static ComparedFigure Figure(RunComparison comparison, string name) => comparison.Compared.Single(f => f.Name == name);
}

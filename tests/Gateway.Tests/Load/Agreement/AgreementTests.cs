using Gateway.Load.Agreement;
using Gateway.Testing;

namespace Gateway.Tests.Load.Agreement;

/// <summary>
/// Virtual players beside recordings of the real ones in Chromium: 26 links, 100 s of each. The bars are what was reached, a little rounded down, so that a change that makes
/// a virtual player less like its model is seen; docs/load-agreement.md has the table and how far the real players agree with themselves.
/// </summary>
public sealed class AgreementTests
{
    [Theory]
    [InlineData("hlsjs", 0.97, 0.05, 24)]
    [InlineData("dashjs", 0.90, 0.05, 24)]
    [InlineData("shaka", 0.88, 0.15, 21)]
    public void VirtualPlayer_RecordedLinks_DoesAsTheRealOne(string player, double segments, double stalled, int startups)
    {
        var traces = Environment.GetEnvironmentVariable("GATEWAY_TRACES") is { Length: > 0 } named ? named : Repository.Shared("traces");
        Assert.SkipWhen(traces is null, "There is no folder of throughput traces; it may lie in ../shared/traces, or where GATEWAY_TRACES says.");
        var recordings = RecordingFile.Read(Path.Combine(Repository.Root, "tests", "Gateway.Tests", "Load", "Agreement", "recordings.ndjson")).Where(r => r.Player == player);

        var rows = Agreements.WithVirtual(recordings, traces!);

        TestContext.Current.TestOutputHelper?.WriteLine(AgreementTable.Of(rows));
        var sum = AgreementSummary.Of(player, rows);
        Assert.Equal(AgreementCase.All.Count, sum.Traces);
        Assert.True(sum.AgreeingShare >= segments, $"{sum.Agreeing} of {sum.Compared} segments");
        Assert.InRange(sum.StalledDifference, -stalled, stalled);
        Assert.True(sum.StartupsWithin150Ms >= startups, $"{sum.StartupsWithin150Ms} start-ups within 150 ms");
    }
}

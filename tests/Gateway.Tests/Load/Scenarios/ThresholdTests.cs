using Gateway.Load.Scenarios;

namespace Gateway.Tests.Load.Scenarios;

public sealed class ThresholdTests
{
    [Theory]
    [InlineData("startup.p95 <= 2500 ms", 2500, true)]
    [InlineData("startup.p95<=2.5 s", 2501, false)]
    [InlineData("requests.failed < 1 %", 0.0099, true)]
    [InlineData("requests.failed < 1%", 0.01, false)]
    [InlineData("bitrate.mean >= 2 Mbit/s", 2000, true)]
    [InlineData("heartbeats.heartbeat.success > 90 %", 0.9, false)]
    [InlineData("metric.clicks > 3", 4, true)]
    public void IsKeptBy_AFigure_FollowsComparisonAndUnit(string text, double figure, bool kept) => Assert.Equal(kept, Threshold.Parse(text).IsKeptBy(figure));

    [Fact]
    public void IsKeptBy_NoFigure_IsNever()
    {
        Assert.False(Threshold.Parse("startup.p95 <= 1 s").IsKeptBy(null));
        Assert.False(Threshold.Parse("startup.p95 >= 1 s").IsKeptBy(double.NaN));
    }

    [Theory]
    [InlineData("")]
    [InlineData("startup.p95")]
    [InlineData("startup.p95 = 5")]
    [InlineData("startup.p95 < fast")]
    [InlineData("startup.p95 < 5 parsecs")]
    [InlineData("< 5")]
    public void Parse_OfSomethingElse_ShowsHowOneLooks(string text) =>
        Assert.Contains("startup.p95 <= 2500 ms", Assert.Throws<FormatException>(() => Threshold.Parse(text)).Message, StringComparison.Ordinal);
}

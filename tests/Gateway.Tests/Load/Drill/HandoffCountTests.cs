using Gateway.Load.Drill;

namespace Gateway.Tests.Load.Drill;

public sealed class HandoffCountTests
{
    [Fact]
    public void Sum_OfAllOutcomes_LeavesOtherSeriesOut() => Assert.Equal(12, HandoffCount.Sum(
        """
        # HELP gateway_handoffs_total Handoffs.
        # TYPE gateway_handoffs_total counter
        gateway_handoffs_total{outcome="recovered"} 9
        gateway_handoffs_total{outcome="failure"} 3 1700000000000
        gateway_handoffs_totally{outcome="failure"} 50
        gateway_handoff_duration_seconds_count{outcome="recovered"} 9
        """));

    [Fact]
    public void Sum_WithoutSeriesOrLabels_IsRead()
    {
        Assert.Equal(0, HandoffCount.Sum("gateway_cache_bytes 5\n"));
        Assert.Equal(7, HandoffCount.Sum("gateway_handoffs_total 7\n"));
    }

    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(0, 9, false)]
    [InlineData(0, 10, true)]
    [InlineData(100, 140, false)]
    [InlineData(100, 150, true)]
    [InlineData(100, 0, false)]
    public void Storm_ByTwoCounts_IsMoreThanChance(long before, long after, bool isStorm) => Assert.Equal(isStorm, HandoffCount.IsStorm(before, after));

    [Theory]
    [InlineData("""{"known":true,"modeConfigured":false,"reverted":false}""", null)]
    [InlineData("""{"known":false,"modeConfigured":false,"reverted":false}""", "database")]
    [InlineData("""{"known":true,"modeConfigured":true,"reverted":false}""", "configuration")]
    [InlineData("""{"known":true,"modeConfigured":false,"reverted":true}""", "reversion")]
    public void Switch_WhereItIsFixed_IsLeftAlone(string state, string? why)
    {
        var told = ReturnDrill.IsFixed(System.Text.Json.JsonSerializer.Deserialize<System.Text.Json.JsonElement>(state));
        if (why is null) Assert.Null(told);
        else Assert.Contains(why, told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("provider=song", "provider", "song")]
    [InlineData("provider=a=b", "provider", "a=b")]
    [InlineData("song", null, null)]
    [InlineData("=song", null, null)]
    public void Title_OfASourceClass_IsReadByItsCluster(string text, string? source, string? title) =>
        Assert.Equal((source, title), (DrillTitle.Read(text)?.Source, DrillTitle.Read(text)?.MediaId));
}

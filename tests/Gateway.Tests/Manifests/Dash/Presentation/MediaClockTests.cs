using Gateway.Manifests.Dash.Presentation;

namespace Gateway.Tests.Manifests.Dash.Presentation;

public sealed class MediaClockTests
{
    [Theory]
    [InlineData("PT1H2M3.5S", 3723.5)]
    [InlineData("P1DT1S", 86401.0)]
    [InlineData(" PT0.04S ", 0.04)]
    [InlineData("-PT1S", -1.0)]
    [InlineData("PT", null)]
    [InlineData("1S", null)]
    [InlineData("PT1X", null)]
    [InlineData("PTS", null)]
    [InlineData("PT1.2.3S", null)]
    [InlineData("PT99999999999999999999S", null)]
    [InlineData(null, null)]
    public void Duration_EachSpelling_IsReadOrRefused(string? text, double? seconds) => Assert.Equal(seconds, MediaClock.ParseDuration(text)?.TotalSeconds);
}

using Gateway.Adaptation;

namespace Gateway.Tests.Adaptation;

public sealed class ProxiedLineTests
{
    [Theory]
    [InlineData("rate=4500;rtt=35", 4500, 35, false)]
    [InlineData("rtt=40;cwnd=20;mss=1400", 5600, 40, false)]
    [InlineData("rtt_us=40000;cwnd=20;mss=1400", 5600, 40, false)]
    [InlineData("stream=1", 0, 0, true)]
    [InlineData(" rate=1 ; stream=0 ", 1, 0, false)]
    public void Field_Readable_TellsTheClientsLine(string text, double kbps, double rtt, bool isStreamed)
    {
        var line = ProxiedLine.Of(text);
        Assert.Equal(kbps, line.Kbps, 3);
        Assert.Equal(rtt, line.Rtt.TotalMilliseconds, 3);
        Assert.Equal(isStreamed, line.IsStreamed);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("rate=NaN;rtt=x;cwnd=")]
    [InlineData("rate=-5")]
    [InlineData("rate=1e999")]
    public void Field_NotReadable_TellsNothing(string? text) => Assert.Equal(default, ProxiedLine.Of(text));

    [Fact]
    public void Field_OfAnyNumber_StaysWithinBounds()
    {
        var line = ProxiedLine.Of("rate=99999999999999;rtt=99999999999");
        Assert.Equal(1e8, line.Kbps);
        Assert.Equal(TimeSpan.FromMinutes(1), line.Rtt);
    }
}

using Gateway.Load.Links;

namespace Gateway.Tests.Load.Links;

public sealed class RateTraceTests
{
    [Fact]
    public void Parse_FileOfSteps_HasLengthMeanAndSteps()
    {
        var trace = RateTrace.Parse("t", ["seconds,kbps", "0,2000", "1.5,1000", "3,1000"]);

        Assert.Equal(3, trace.Length);
        Assert.Equal(1500, trace.MeanKbps);
        Assert.Equal(1, trace.StepAt(1.5));
        Assert.Equal(0, trace.StepAt(1.4999));
        Assert.Equal(1_000_000, trace.RateOf(1));
    }

    [Theory]
    [InlineData("0,100")]
    [InlineData("1,100", "2,100")]
    [InlineData("0,100", "2,100", "2,100")]
    [InlineData("0,-1", "2,100")]
    [InlineData("0,0", "2,0")]
    [InlineData("0,x", "2,100")]
    [InlineData("0;100", "2,100")]
    public void Parse_WhatIsNoTrace_IsRefused(params string[] lines) =>
        Assert.Throws<FormatException>(() => RateTrace.Parse("t", lines.Prepend("seconds,kbps")));
}

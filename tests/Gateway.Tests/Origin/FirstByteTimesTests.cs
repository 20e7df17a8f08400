using Gateway.Origin;

namespace Gateway.Tests.Origin;

public sealed class FirstByteTimesTests
{
    [Fact]
    public void P95_TooFewTimes_IsNull()
    {
        var times = new FirstByteTimes();
        for (var i = 0; i < FirstByteTimes.Enough - 1; i++) times.Add("origin", TimeSpan.FromMilliseconds(10));
        Assert.Null(times.Of("origin"));
        times.Add("origin", TimeSpan.FromMilliseconds(10));
        Assert.Equal(10, times.Of("origin")?.P95.TotalMilliseconds);
        Assert.Null(times.Of("other"));
    }

    [Fact]
    public void P95_HundredTimes_IsTheSlowestButFive()
    {
        var times = new FirstByteTimes();
        for (var i = 1; i <= 100; i++) times.Add("origin", TimeSpan.FromMilliseconds(i * 37 % 101));
        Assert.Equal(96, times.Of("origin")?.P95.TotalMilliseconds);
    }

    [Fact]
    public void P95_OriginBecomesQuicker_OldTimesAreForgotten()
    {
        var times = new FirstByteTimes();
        for (var i = 0; i < 300; i++) times.Add("origin", TimeSpan.FromSeconds(9));
        for (var i = 0; i < 256; i++) times.Add("origin", TimeSpan.FromMilliseconds(5));
        Assert.Equal(5, times.Of("origin")?.P95.TotalMilliseconds);
    }
}

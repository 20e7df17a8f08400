using Gateway.Load.Baseline;

namespace Gateway.Tests.Load.Baseline;

public sealed class StartupFiguresTests
{
    [Fact]
    public void Of_FourTimes_InterpolatesBetweenRanks()
    {
        var figures = StartupFigures.Of(CaptureOf(300, 100, 400, 200));
        Assert.Equal(250, figures.P50Ms);
        Assert.Equal(385, figures.P95Ms!.Value, 9);
    }

    [Fact]
    public void Of_OneTime_IsThatTime() => Assert.Equal((7, 7), (StartupFigures.Of(CaptureOf(7)).P50Ms, StartupFigures.Of(CaptureOf(7)).P95Ms));

    [Fact]
    public void Of_NoSample_HasNoQuantileAndNoRate()
    {
        var figures = StartupFigures.Of(new Capture());
        Assert.Equal(new StartupFigures(0, 0, null, null, 0, 0), figures);
        Assert.Equal((0, 0), (figures.TimeoutRate, figures.ExhaustionRate));
    }

    internal static Capture CaptureOf(params double[] times)
    {
        var capture = new Capture();
        foreach (var time in times) capture.Samples.Add(new StartupSample(time, "audible", "segmented"));
        return capture;
    }
}

using Gateway.Adaptation;
using Gateway.Adaptation.Bandwidth;

namespace Gateway.Tests.Adaptation;

/// <summary>The rolling window, with the seed's numbers (S1.37–S1.41).</summary>
public sealed class BandwidthMonitorTests
{
    private readonly BandwidthMonitor _monitor = new(new AdaptationOptions());
    private TimeSpan _now;

    [Fact]
    public void Window_TenSlowThenTenFast_IsThatOfTheFastOnes()
    {
        for (var i = 0; i < 10; i++) Add(500);
        for (var i = 0; i < 10; i++) Add(5000);
        Assert.Equal(10, _monitor.Count);
        Assert.Equal(5000, _monitor.AverageKbps, 1.0);
        Assert.Equal(0, _monitor.JitterKbps, 1.0);
    }

    [Theory]
    [InlineData(900, 1100, true)]
    [InlineData(800, 1050, false)]
    public void Stability_OfTwoRates_IsThatOfTheSeed(double low, double high, bool isStable)
    {
        for (var i = 0; i < 5; i++)
        {
            Add(low);
            Add(high);
        }

        Assert.Equal(isStable, _monitor.IsStable);
    }

    [Fact]
    public void Stability_JitterOfExactlyAQuarter_IsNotStableAndStillTrusted()
    {
        // 875 and 1125: average 1000, jitter 250.
        for (var i = 0; i < 5; i++)
        {
            Add(875);
            Add(1125);
        }

        Assert.False(_monitor.IsStable);
        Assert.Equal(800, _monitor.TargetKbps, 0.5);
    }

    [Theory]
    [InlineData(5000, 5000, 4000)]
    [InlineData(4000, 6000, 3000)]
    public void Target_OfAnAverageOf5000_FollowsTheJitter(double low, double high, double target)
    {
        for (var i = 0; i < 5; i++)
        {
            Add(low);
            Add(high);
        }

        Assert.Equal(target, _monitor.TargetKbps, 1.0);
    }

    [Fact]
    public void Estimate_TwentyTinyHits_IsNone()
    {
        for (var i = 0; i < 20; i++)
        {
            _now += TimeSpan.FromSeconds(3);
            Assert.False(_monitor.Add(new DeliverySample(4096, _now - TimeSpan.FromMilliseconds(100), _now)));
            Assert.False(_monitor.Add(new DeliverySample(1 << 20, _now - TimeSpan.FromMilliseconds(9), _now)));
            Assert.False(_monitor.Add(new DeliverySample(1 << 20, _now - TimeSpan.FromMilliseconds(50), _now) { IsBuffered = true }));
        }

        Assert.Equal(0, _monitor.Count);
        Assert.False(_monitor.HasEstimate);
    }

    [Fact]
    public void Estimate_TwoSamples_DecideNothing()
    {
        Add(5000);
        Add(5000);
        Assert.False(_monitor.HasEstimate);
        Assert.Equal(0, _monitor.TargetKbps);
        Add(5000);
        Assert.Equal(4000, _monitor.TargetKbps, 1.0);
    }

    [Fact]
    public void Samples_WithinTwoSeconds_AreOne()
    {
        // 1 s at 1000 and 1 s at 3000 kbit/s, a second apart: one sample of 2000.
        _monitor.Add(new DeliverySample(125_000, TimeSpan.Zero, TimeSpan.FromSeconds(1)));
        _monitor.Add(new DeliverySample(375_000, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)));
        Assert.Equal(1, _monitor.Count);
        Assert.Equal(2000, _monitor.AverageKbps, 1.0);
    }

    [Fact]
    public void Sample_OfALineThatWasIdleInBetween_CountsItsBusyTimeOnly()
    {
        for (var i = 1; i <= 3; i++)
            _monitor.Add(new DeliverySample(125_000, TimeSpan.FromSeconds(3 * i), TimeSpan.FromSeconds((3 * i) + 2)) { Busy = TimeSpan.FromSeconds(1) });
        Assert.Equal(1000, _monitor.AverageKbps, 1.0);
    }

    private void Add(double kbps)
    {
        _now += TimeSpan.FromSeconds(2.5);
        _monitor.Add(new DeliverySample((long)(kbps * 125), _now - TimeSpan.FromSeconds(1), _now));
    }
}

using Gateway.Load.Pacing;
using Gateway.Rollout.Judging;

namespace Gateway.Tests.Rollout.Judging;

public sealed class QuantileBandTests
{
    [Theory]
    [InlineData(0.5)]
    [InlineData(0.95)]
    public void Band_LookedAtAfterEachValue_HoldsTheQuantileInAllButFewRuns(double quantile)
    {
        // Waits between independent events: the quantile q lies at −ln(1 − q).
        var truth = StartupScale.BinOf(-1000 * Math.Log(1 - quantile));
        var missed = 0;
        for (var run = 0; run < 300; run++)
        {
            var random = new SeededRandom((ulong)run);
            var band = new QuantileBand(quantile);
            var values = new Histogram(StartupScale.Bins);
            var isHeld = true;
            for (var i = 0; i < 400 && isHeld; i++)
            {
                values.Add(StartupScale.BinOf(random.NextExponential(1000)));
                isHeld = band.LogEvidenceAbove(values, truth) < Math.Log(20) && band.LogEvidenceWithin(values, truth - 1) < Math.Log(20);
            }

            if (!isHeld) missed++;
        }

        // Two sides of 5 % each at most; by chance not more than 45 of 300 then.
        Assert.InRange(missed, 0, 45);
    }

    [Fact]
    public void Band_OfManyValues_IsNarrow()
    {
        var values = Drawn(20_000, 1000);
        var band = new QuantileBand(0.5);
        Assert.InRange(StartupScale.Milliseconds(band.Lower(values, 0.025)), 600, 700);
        Assert.InRange(StartupScale.Milliseconds(band.Upper(values, 0.025)), 690, 760);
    }

    [Fact]
    public void Band_OfNothing_SaysNothing()
    {
        var values = new Histogram(StartupScale.Bins);
        var band = new QuantileBand(0.95);
        Assert.Equal(0, band.Lower(values, 0.025));
        Assert.Equal(double.PositiveInfinity, StartupScale.Milliseconds(band.Upper(values, 0.025)));
        Assert.Equal(0, band.LogEvidenceHigher(values, Drawn(100, 1000), 0));
    }

    [Fact]
    public void LogEvidenceHigher_OfASlowArm_IsThatOfTheBandsApart()
    {
        var (slow, quick) = (Drawn(500, 4000), Drawn(500, 1000));
        var band = new QuantileBand(0.5);
        var log = band.LogEvidenceHigher(slow, quick, 5);
        Assert.True(log > 20, $"{log}");
        // Just where both bands are apart at that evidence, and not beyond it.
        Assert.True(band.Lower(slow, Math.Exp(-log + 1e-6)) > band.Upper(quick, Math.Exp(-log + 1e-6)) + 5);
        Assert.False(band.Lower(slow, Math.Exp(-log - 1e-6)) > band.Upper(quick, Math.Exp(-log - 1e-6)) + 5);
        Assert.Equal(0, band.LogEvidenceHigher(quick, slow, 5));
    }

    [Fact]
    public void LogEvidenceHigher_OfStartupsWithoutEnd_CountsThemAsTheSlowest()
    {
        var never = new Histogram(StartupScale.Bins);
        never.Add(StartupScale.Never, 200);
        Assert.True(new QuantileBand(0.5).LogEvidenceHigher(never, Drawn(200, 1000), 5) > 20);
    }

    private static Histogram Drawn(int count, double mean)
    {
        var random = new SeededRandom(7);
        var values = new Histogram(StartupScale.Bins);
        for (var i = 0; i < count; i++) values.Add(StartupScale.BinOf(random.NextExponential(mean)));
        return values;
    }
}

using Gateway.Telemetry.Samples;

namespace Gateway.Tests.Telemetry.Samples;

/// <summary>The figures that the operator's page finds when it is opened.</summary>
public sealed class SampleTests
{
    private static readonly DateTimeOffset s_start = new(2026, 1, 1, 20, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Add_LongerThanIsKept_HoldsTheLastQuarterOfAnHour()
    {
        var ring = new SampleRing();
        var row = new double[SampleRing.Figures];
        for (var i = 0; i < 1000; i++)
        {
            row[(int)Figure.Playing] = i;
            ring.Add(s_start + (i * SampleRing.Every), row);
        }

        var at = ring.Read(DateTimeOffset.MinValue, out var rows);
        Assert.Equal((180, 820.0, 999.0), (at.Length, rows[(int)Figure.Playing], rows[(179 * SampleRing.Figures) + (int)Figure.Playing]));
        Assert.Equal(SampleRing.Kept - SampleRing.Every, at[^1] - at[0]);
        Assert.Equal(at[^3..], ring.Read(at[^4], out rows));
        Assert.Equal(997, rows[(int)Figure.Playing]);
        Assert.Empty(ring.Read(at[^1], out _));
    }

    [Fact]
    public async Task Since_TwoReadingsOfTheMeters_AreRatesQuantilesAndGauges()
    {
        using var fixture = new ScrapeFixture();
        var served = fixture.Meter.CreateCounter<long>("gateway.segments.served");
        var failed = fixture.Meter.CreateCounter<long>("gateway.segment.failures");
        var firstByte = fixture.Meter.CreateHistogram<double>("gateway.segment.first_byte", "s");
        fixture.Meter.CreateObservableGauge("gateway.sessions.playing", () => 7L);
        served.Add(100, KeyValuePair.Create("source", (object?)"cache"));
        var before = new MetricReading();
        Assert.True(await fixture.ReadAsync(before.Take));
        served.Add(40, KeyValuePair.Create("source", (object?)"cache"));
        served.Add(10, KeyValuePair.Create("source", (object?)"origin"));
        failed.Add(5, KeyValuePair.Create("reason", (object?)"client_aborted"));
        failed.Add(15, KeyValuePair.Create("reason", (object?)"origin_broke_off"));
        for (var i = 0; i < 20; i++) firstByte.Record(i < 10 ? 0.02 : 2);
        var after = new MetricReading();
        Assert.True(await fixture.ReadAsync(after.Take));

        var figures = new double[SampleRing.Figures];
        after.Since(before, TimeSpan.FromSeconds(5), figures);
        Assert.Equal((7, 10, 2, 3), (figures[(int)Figure.Playing], figures[(int)Figure.Segments], figures[(int)Figure.FromOrigin], figures[(int)Figure.Failures]));
        Assert.True(double.IsNaN(figures[(int)Figure.OriginFirstByte]));
        Assert.InRange(figures[(int)Figure.FirstByte], 0.02, 10);
    }

    [Fact]
    public void Quantile_WithinABucket_IsLinear()
    {
        SortedDictionary<double, long> before = new() { [1] = 5, [2] = 5, [double.PositiveInfinity] = 0 };
        SortedDictionary<double, long> after = new() { [1] = 5, [2] = 15, [double.PositiveInfinity] = 0 };
        Assert.Equal(1.95, MetricReading.Quantile(0.95, before, after), 9);
        after[double.PositiveInfinity] = 100;
        Assert.Equal(2, MetricReading.Quantile(0.95, before, after));
        Assert.True(double.IsNaN(MetricReading.Quantile(0.95, after, after)));
    }
}

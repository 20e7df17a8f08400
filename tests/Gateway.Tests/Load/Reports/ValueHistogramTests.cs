using FsCheck;
using FsCheck.Fluent;
using Gateway.Load.Reports;

namespace Gateway.Tests.Load.Reports;

public sealed class ValueHistogramTests
{
    [Fact]
    public void ValueAt_OfAnyValues_IsWithinFourPerMilleOfTheExactRank()
    {
        var values = Gen.ArrayOf(Gen.Choose(0, 1_000_000_000)).Where(v => v.Length > 0).ToArbitrary();
        Prop.ForAll(values, Gen.Choose(0, 1000).ToArbitrary(), (drawn, share) =>
        {
            var histogram = new ValueHistogram();
            foreach (var value in drawn) histogram.Record(value);
            var sorted = drawn.Order().ToArray();
            var exact = sorted[Math.Max(0, (int)Math.Ceiling(share / 1000.0 * sorted.Length) - 1)];
            var told = histogram.ValueAt(share / 1000.0);
            return Math.Abs(told - exact) <= exact * 0.004 && histogram.Min == sorted[0] && histogram.Max == sorted[^1] && histogram.Count == sorted.Length;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void ValueAt_OfSmallValues_IsExact()
    {
        var histogram = new ValueHistogram();
        for (var i = 1; i <= 100; i++) histogram.Record(i);
        Assert.Equal(50, histogram.ValueAt(0.5));
        Assert.Equal(95, histogram.ValueAt(0.95));
        Assert.Equal(99, histogram.ValueAt(0.99));
        Assert.Equal(100, histogram.ValueAt(1));
        Assert.Equal(1, histogram.ValueAt(0));
        Assert.Equal(50.5, histogram.Mean);
    }

    [Fact]
    public void ValueAt_OfNothing_IsNothing()
    {
        var histogram = new ValueHistogram();
        Assert.Equal(0, histogram.ValueAt(0.99));
        Assert.Equal(0, histogram.Mean);
        Assert.Empty(histogram.Buckets());
    }

    [Fact]
    public void Add_OfTwoThreads_IsAsIfOneHadCounted()
    {
        var (one, two, both) = (new ValueHistogram(), new ValueHistogram(), new ValueHistogram());
        for (var i = 0; i < 1000; i++)
        {
            (i % 3 == 0 ? one : two).Record(i * i * 97L);
            both.Record(i * i * 97L);
        }

        one.Add(two);
        Assert.Equal(both.Count, one.Count);
        Assert.Equal(both.Mean, one.Mean);
        Assert.Equal(both.Buckets(), one.Buckets());
    }

    [Fact]
    public void Record_OfAnHourInMicroseconds_KeepsItsPrecision()
    {
        var histogram = new ValueHistogram();
        histogram.Record(3_600_000_000, 3);
        histogram.Record(long.MaxValue);
        histogram.Record(-5);
        Assert.InRange(histogram.ValueAt(0.5), 3_585_000_000, 3_615_000_000);
        Assert.Equal(0, histogram.Min);
        Assert.Equal(5, histogram.Count);
    }

    [Fact]
    public void ShareUpTo_AValue_CountsWhatLiesBelow()
    {
        var histogram = new ValueHistogram();
        for (var i = 1; i <= 200; i++) histogram.Record(i);
        Assert.Equal(0.25, histogram.ShareUpTo(50));
        Assert.Equal(1, histogram.ShareUpTo(200));
        Assert.Equal(1, new ValueHistogram().ShareUpTo(3));
    }
}

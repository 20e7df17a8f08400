using Gateway.Load.Pacing;

namespace Gateway.Tests.Load.Pacing;

public sealed class DrawTests
{
    [Fact]
    public void Zipf_OfExponentOne_AsksTheFirstTwiceAsOftenAsTheSecond()
    {
        var zipf = new Zipf(10, 1);
        var random = new SeededRandom(5);
        var drawn = new int[10];
        for (var i = 0; i < 100_000; i++) drawn[zipf.Draw(random)]++;
        Assert.InRange((double)drawn[0] / drawn[1], 1.9, 2.1);
        Assert.InRange((double)drawn[0] / drawn[9], 9, 11);
    }

    [Fact]
    public void Zipf_OfOneTitle_DrawsIt() => Assert.Equal(0, new Zipf(1, 0.8).Draw(new SeededRandom(1)));

    [Fact]
    public void SeededRandom_OfASeed_IsTheSameForEver()
    {
        // The reference values of SplitMix64 for seed 1234567, as its authors' C program prints them.
        var random = new SeededRandom(1234567);
        Assert.Equal(6457827717110365317UL, random.Next());
        Assert.Equal(3203168211198807973UL, random.Next());
    }

    [Fact]
    public void SeededRandom_ForEachPurpose_IsItsOwn()
    {
        Assert.Equal(SeededRandom.For(1, 2, "title").Next(), SeededRandom.For(1, 2, "title").Next());
        Assert.NotEqual(SeededRandom.For(1, 2, "title").Next(), SeededRandom.For(1, 2, "rules").Next());
        Assert.NotEqual(SeededRandom.For(1, 2, "title").Next(), SeededRandom.For(1, 3, "title").Next());
        Assert.NotEqual(SeededRandom.For(1, 2, "title").Next(), SeededRandom.For(2, 2, "title").Next());
    }

    [Fact]
    public void SeededRandom_Numbers_LieInTheirRangeAndHaveTheirMean()
    {
        var random = new SeededRandom(9);
        double sum = 0, waits = 0;
        for (var i = 0; i < 100_000; i++)
        {
            Assert.InRange(random.Next(-3, 4), -3, 3);
            sum += random.NextDouble();
            waits += random.NextExponential(5);
        }

        Assert.InRange(sum / 100_000, 0.49, 0.51);
        Assert.InRange(waits / 100_000, 4.9, 5.1);
    }
}

using Gateway.Hosting;

namespace Gateway.Tests.Hosting;

/// <summary>Counts of many cores.</summary>
public sealed class StripedCountsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(40)]
    public async Task Add_FromManyThreads_LosesNothingAndMixesNoKinds(int kinds)
    {
        const int Threads = 8;
        const int Rounds = 5_000;
        var counts = new StripedCounts(kinds);
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                for (var kind = 0; kind < kinds; kind++) counts.Add(kind, kind + 1);
            }
        })));
        for (var kind = 0; kind < kinds; kind++) Assert.Equal((kind + 1L) * Threads * Rounds, counts[kind]);
    }

    [Fact]
    public void Add_RisesAndFalls_ComesBackToZero()
    {
        var counts = new StripedCounts(1);
        counts.Add(0, 70_000);
        counts.Add(0, -69_999);
        Assert.Equal(1, counts[0]);
        counts.Add(0, -1);
        Assert.Equal(0, counts[0]);
    }
}

using Gateway.Caching;
using Gateway.Origin;

namespace Gateway.Tests.Caching;

public sealed class PathIndexTests
{
    private static readonly string[] Names = ["a", "ab", "b", "ba", "c%2F", "\u00e9"];

    /// <summary>Whatever comes and goes: what is found is what a walk over everything finds.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Below_AndAt_FindWhatAWalkFinds(ulong seed)
    {
        var dice = new Lcg(seed);
        var index = new PathIndex();
        var order = new EvictionOrder(long.MaxValue);
        var all = new List<Shelf>();
        for (var step = 0; step < 2000; step++)
        {
            if (all.Count > 0 && dice.Next(5) < 2)
            {
                var gone = all[dice.Next(all.Count)];
                all.Remove(gone);
                index.Remove(gone);
            }
            else
            {
                var shelf = new Shelf(Key(dice), order);
                if (all.Exists(s => s.Key == shelf.Key)) continue;
                all.Add(shelf);
                index.Add(shelf);
            }

            if (step % 20 != 0) continue;
            var key = Key(dice);
            var prefix = key.Address.Path[..dice.Next(key.Address.Path.Length + 1)];
            var cluster = dice.Next(3) == 0 ? null : key.Address.Cluster;
            Assert.Equal(all.Where(s => s.Key.IsBelow(cluster, prefix)).ToHashSet(), index.Below(cluster, prefix).SelectMany(d => d).ToHashSet());
            Assert.Equal(all.Where(s => s.Key.IsOdd && s.Key.Address == key.Address).ToHashSet(), [.. index.At(key.Address)]);
        }
    }

    [Fact]
    public async Task Index_ManyThreads_ForgetsNothingAndKeepsNothing()
    {
        var index = new PathIndex();
        var order = new EvictionOrder(long.MaxValue);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 5000; i++)
            {
                var shelf = new Shelf(new CellarKey(new MediaAddress("c", $"/{i % 7}/{thread}", string.Empty), "p", i), order);
                index.Add(shelf);
                Assert.Contains(shelf, index.At(shelf.Key.Address));
                Assert.Contains(index.Below("c", $"/{i % 7}/"), d => d.Contains(shelf));
                index.Remove(shelf);
            }
        }))).WaitAsync(Deadline.Value);
        Assert.Empty(index.Below(null, string.Empty));
    }

    private static CellarKey Key(Lcg dice)
    {
        var path = string.Concat(Enumerable.Range(0, 1 + dice.Next(3)).Select(_ => "/" + Names[dice.Next(Names.Length)]));
        return new CellarKey(new MediaAddress(dice.Next(2) == 0 ? "one" : "two", path, string.Empty), dice.Next(2) == 0 ? string.Empty : "p", dice.Next(3) - 1);
    }
}

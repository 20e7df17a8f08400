using Gateway.Caching.Eviction;
using Gateway.Caching.Store;
using Gateway.Media;

namespace Gateway.Tests.Caching.Store;

public sealed class PathIndexTests
{
    private static readonly string[] Names = ["a", "ab", "b", "ba", "c%2F", "\u00e9"];

    /// <summary>After any additions and removals, a look-up finds what a scan of all slots finds.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void BelowAndAt_RandomSlots_FindWhatAScanFinds(ulong seed)
    {
        var dice = new Lcg(seed);
        var index = new PathIndex();
        var order = new EvictionOrder(long.MaxValue);
        var all = new List<CacheSlot>();
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
                var cacheSlot = new CacheSlot(Key(dice), order);
                if (all.Exists(s => s.Key == cacheSlot.Key)) continue;
                all.Add(cacheSlot);
                index.Add(cacheSlot);
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
    public async Task Index_ManyThreads_LosesNothingAndLeavesNothing()
    {
        var index = new PathIndex();
        var order = new EvictionOrder(long.MaxValue);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 5000; i++)
            {
                var cacheSlot = new CacheSlot(new CacheKey(new MediaAddress("c", $"/{i % 7}/{thread}", string.Empty), "p", i), order);
                index.Add(cacheSlot);
                Assert.Contains(cacheSlot, index.At(cacheSlot.Key.Address));
                Assert.Contains(index.Below("c", $"/{i % 7}/"), d => d.Contains(cacheSlot));
                index.Remove(cacheSlot);
            }
        }))).WaitAsync(Deadline.Value);
        Assert.Empty(index.Below(null, string.Empty));
    }

    private static CacheKey Key(Lcg dice)
    {
        var path = string.Concat(Enumerable.Range(0, 1 + dice.Next(3)).Select(_ => "/" + Names[dice.Next(Names.Length)]));
        return new CacheKey(new MediaAddress(dice.Next(2) == 0 ? "one" : "two", path, string.Empty), dice.Next(2) == 0 ? string.Empty : "p", dice.Next(3) - 1);
    }
}

using Gateway.Caching;

namespace Gateway.Tests.Caching;

public sealed class EvictionTests
{
    private const int Piece = BodyBlockPool.Small;

    private const int Cost = Piece + CellarEntry.Overhead;

    /// <summary>More objects than one look at the order weighs, and all but a few of them in use again since they came.</summary>
    [Fact]
    public async Task LargeCache_OfWhatWasUsedAgain_StillFindsWhatWasNot()
    {
        const int objects = 10_000;
        await using var house = new CellarHouse(limit: (long)(objects / 0.79) * Cost);
        house.Upstream.Answers = call => call.Answer(200, new byte[Piece]);
        for (var i = 0; i < objects; i++) await house.GetAsync(CellarHouse.Request($"/t{i}/seg"));
        house.Clock.Advance(TimeSpan.FromMinutes(1));
        for (var i = 0; i < objects; i++)
        {
            if (i % 100 != 99) await house.GetAsync(CellarHouse.Request($"/t{i}/seg"));
        }

        var asked = house.Upstream.Count;
        var room = house.Parts.Budget.Limit - house.Parts.Budget.Used;
        var made = house.Parts.Trims.AskAsync(room + 50 * Cost);
        house.Trimmer.Trim(sweep: false);
        await made.WaitAsync(Deadline.Value);
        Assert.Equal(asked, house.Upstream.Count);
        var gone = Enumerable.Range(0, objects).Where(i => !house.Cellar.Holds(CellarHouse.Request($"/t{i}/seg").Address)).ToArray();
        Assert.Equal(Enumerable.Range(0, 50).Select(i => i * 100 + 99), gone);
    }

    [Fact]
    public async Task Partitions_OfAnAddress_GoWithIt_AndNothingElseDoes()
    {
        await using var house = new CellarHouse();
        house.Upstream.Answers = call => call.Answer(200, [1]);
        foreach (var path in new[] { "/a/file", "/a/file2", "/b/file" })
        {
            foreach (var partition in new[] { string.Empty, "one", "two" })
                await house.GetAsync(new MediaRequest { Address = CellarHouse.Request(path).Address, Rules = CellarHouse.Segments, Partition = partition });
        }

        house.Cellar.Invalidate(CellarHouse.Request("/a/file").Address);
        house.Cellar.Invalidate(CellarHouse.Request("/b/file").Address, "one");
        Assert.Equal(
            ["/a/file2 ", "/a/file2 one", "/a/file2 two", "/b/file ", "/b/file two"],
            house.Cellar.Index.SelectMany(s => s.Entries).Select(e => $"{e.Key.Address.Path} {e.Key.Partition}").Order(StringComparer.Ordinal));
        Assert.Equal(3, house.Cellar.Purge(null, "/a/f"));
        Assert.Equal(2, house.Cellar.Purge("origin", "/"));
        Assert.Empty(house.Cellar.Index);
    }

    [Fact]
    public async Task Look_AtUnusedObjects_TakesTheOldestFirst_AndBoundedMany()
    {
        const int objects = 100;
        await using var house = new CellarHouse();
        house.Upstream.Answers = call => call.Answer(200, [1]);
        for (var i = 0; i < objects; i++)
        {
            await house.GetAsync(CellarHouse.Request($"/t/{i}"));
            house.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        // To look after an entry is not to use it.
        var order = house.Cellar.Index.Order;
        foreach (var entry in house.Cellar.Index.SelectMany(s => s.Entries).OrderByDescending(e => e.LastUsed)) order.Refresh(entry);
        var victims = new List<EvictionPlace>();
        long missing = 1;
        Assert.True(order.Take(victims, ref missing, house.Parts.Now, house.Parts.Now));
        Assert.Equal("/t/0", Assert.Single(victims).Entry.Key.Address.Path);
        missing = long.MaxValue;
        order.Take(victims, ref missing, house.Parts.Now, house.Parts.Now);
        Assert.Equal(Enumerable.Range(0, 64).Select(i => $"/t/{i}"), victims.Select(v => v.Entry.Key.Address.Path));
    }
}

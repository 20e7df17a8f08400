using Gateway.Caching;
using Gateway.Origin;

namespace Gateway.Tests.Caching;

public sealed class ShelfLifeTests
{
    private static readonly byte[] Body = CellarHouse.Bytes(1000);

    [Theory]
    [InlineData(404, "no-store")]
    [InlineData(503, "no-store")]
    [InlineData(0, "")]
    public async Task UnkeptAnswers_OfAThousandAddresses_LeaveNothingInTheIndex(int status, string directives)
    {
        await using var house = new CellarHouse();
        house.Upstream.Answers = call =>
        {
            if (status == 0) call.Fail(OriginFailure.Unreachable);
            else call.Answer(status, Body, ("Cache-Control", directives));
        };
        for (var i = 0; i < 1000; i++)
        {
            using var reply = await house.OpenAsync(CellarHouse.Request($"/invented/{i}")).WaitAsync(Deadline.Value);
        }

        await Deadline.Until(() => house.Cellar.Index.Count == 0);
    }

    [Fact]
    public async Task Marks_OfManyAddresses_AreSweptUntilTheyAreGone()
    {
        await using var house = new CellarHouse();
        for (var i = 0; i < 240_000; i++) house.Cellar.Index.FindOrAdd(new CellarKey(new MediaAddress("origin", $"/invented/{i}", string.Empty), string.Empty, CellarKey.Whole));
        house.Trimmer.Trim(sweep: true);
        Assert.True(house.Trimmer.IsBehind);
        await house.Trimmer.StartAsync(CancellationToken.None);
        await Deadline.Until(() => house.Clock.Armed > 0);
        var began = house.Clock.GetUtcNow();
        house.Clock.Advance(house.Options.TrimInterval);
        await house.Clock.AdvanceUntilAsync(() => !house.Trimmer.IsBehind, TimeSpan.FromMilliseconds(20));
        Assert.True(house.Clock.GetUtcNow() - began < 2 * house.Options.TrimInterval);
        await house.Trimmer.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task ClosedShelf_StillInTheIndex_IsTakenOut_AndACrowdIsOneRequest()
    {
        await using var house = new CellarHouse();
        var shelf = house.Cellar.Index.FindOrAdd(CellarKey.Of(CellarHouse.Request()));
        // As far as a sweep has come that was interrupted here.
        Assert.True(shelf.TryClose(house.Parts.Now));

        var opens = Enumerable.Range(0, 10).Select(_ => Task.Run(() => house.OpenAsync(CellarHouse.Request()))).ToArray();
        var call = await house.Upstream.NextAsync();
        call.Answer(200, Body);
        foreach (var reply in await Task.WhenAll(opens).WaitAsync(Deadline.Value)) reply.Dispose();
        Assert.Equal(1, house.Upstream.Count);
        Assert.Equal(1, house.Cellar.Index.Count);
    }

    [Fact]
    public async Task Purge_AfterASweep_ReachesWhatNobodyElseMayJoin()
    {
        await using var house = new CellarHouse();
        var request = CellarHouse.Request("/a/seg1", null, ("Authorization", "Bearer x"));
        var open = house.OpenAsync(request);
        var call = await house.Upstream.NextAsync();
        house.Trimmer.Trim(sweep: true);
        house.Cellar.Purge(null, "/");
        call.Answer(200, Body, ("Cache-Control", "public, max-age=60"));
        using (var reply = await open.WaitAsync(Deadline.Value))
        {
            Assert.Equal(Body, await reply.ReadAllAsync());
        }

        Assert.False(house.Cellar.Holds(request.Address));
    }
}

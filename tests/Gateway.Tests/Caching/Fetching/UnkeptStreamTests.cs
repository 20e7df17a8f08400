using Gateway.Caching;
using Gateway.Caching.Fetching;
using Gateway.Caching.Store;
using Gateway.Media;

namespace Gateway.Tests.Caching.Fetching;

public sealed class UnkeptStreamTests
{
    [Fact]
    public async Task Body_TooLarge_StreamsThroughAWindowAtItsReadersPace()
    {
        await using var fixture = new CacheFixture(o => o.MaxObjectBytes = 1 << 20);
        var body = CacheFixture.Bytes(3 << 20);
        var open = fixture.OpenAsync(CacheFixture.Request());
        var call = await fixture.Upstream.NextAsync();
        call.Head(200, body.Length).Send(body).End();
        using var reply = await open.WaitAsync(Deadline.Value);
        Assert.Equal(PassReason.TooLarge, reply.Pass);
        Assert.False(reply.BytesStay);
        Assert.Equal(body.Length, reply.Length);

        // The fetch runs a window ahead of the reader, and no further.
        await Deadline.Until(() => call.Taken >= fixture.Options.StreamWindowBytes);
        Assert.Equal(body[..1000], (await reply.ReadAsync(0, default).Within())[..1000].ToArray());
        Assert.True(call.Taken <= fixture.Options.StreamWindowBytes + BodyBlockPool.Large, $"{call.Taken} bytes taken");
        Assert.True(fixture.Parts.Pool.Lent <= fixture.Options.StreamWindowBytes + BodyBlockPool.Large);

        Assert.Equal(body, await reply.ReadAllAsync());
        Assert.True(fixture.Parts.Pool.Lent <= fixture.Options.StreamWindowBytes + BodyBlockPool.Large);
        reply.Dispose();
        await Deadline.Until(() => fixture.Parts.Budget.Used == 0 && fixture.Parts.Pool.Lent == 0);
    }

    [Fact]
    public async Task Streams_BudgetFull_TakeOneBlockEachBeyondIt()
    {
        const int streams = 40;
        await using var fixture = new CacheFixture(limit: 1 << 20);
        var most = fixture.Parts.Budget.Limit + (long)streams * BodyBlockPool.Large;
        var replies = new List<CacheReply>();
        for (var i = 0; i < streams; i++)
        {
            var open = fixture.OpenAsync(CacheFixture.Request($"/a/{i}"));
            (await fixture.Upstream.NextAsync()).Head(200, null, ("Cache-Control", "private")).Send(CacheFixture.Bytes(600_000, i)).End();
            replies.Add(await open.WaitAsync(Deadline.Value));
        }

        // Windows of a quarter of a megabyte each would be ten times the budget.
        foreach (var reply in replies) Assert.False((await reply.ReadAsync(0, default).Within()).IsEmpty);
        Assert.InRange(fixture.Parts.Pool.Lent, 1, most);
        Assert.InRange(fixture.Parts.Budget.Used, 1, fixture.Parts.Budget.Limit);

        var bodies = await Task.WhenAll(replies.Select(r => r.ReadAllAsync()));
        for (var i = 0; i < streams; i++) Assert.Equal(CacheFixture.Bytes(600_000, i), bodies[i]);
        Assert.InRange(fixture.Parts.Pool.Lent, 0, most);
        foreach (var reply in replies) reply.Dispose();
        await Deadline.Until(() => fixture.Parts.Budget.Used == 0 && fixture.Parts.Pool.Lent == 0);
    }

    [Fact]
    public async Task UnknownLength_OutgrowsTheStorableSize_GoesOnAsAStream()
    {
        await using var fixture = new CacheFixture(o => o.MaxObjectBytes = 1 << 20);
        var body = CacheFixture.Bytes(3 << 20);
        var open = fixture.OpenAsync(CacheFixture.Request());
        var call = await fixture.Upstream.NextAsync();
        call.Head(200, null).Send(body.AsSpan(0, 1000));
        using var reply = await open.WaitAsync(Deadline.Value);
        Assert.Equal(CacheResult.Filled, reply.Result);
        using var second = await fixture.OpenAsync(CacheFixture.Request()).WaitAsync(Deadline.Value);
        call.Send(body.AsSpan(1000)).End();
        var reads = new[] { reply.ReadAllAsync(), second.ReadAllAsync() };
        foreach (var read in await Task.WhenAll(reads).WaitAsync(Deadline.Value)) Assert.Equal(body, read);
        Assert.False(fixture.Cache.Holds(CacheFixture.Request().Address));
        Assert.True(fixture.Parts.Pool.Lent <= fixture.Options.StreamWindowBytes + BodyBlockPool.Large);
        await Deadline.Until(() => fixture.Parts.Budget.Used <= fixture.Options.StreamWindowBytes + BodyBlockPool.Large);
    }

    [Fact]
    public async Task UnknownLength_OutgrownPrefetchWithoutReaders_IsGivenUp()
    {
        await using var fixture = new CacheFixture(o => o.MaxObjectBytes = 1 << 20);
        Assert.NotNull(fixture.Cache.FetchAhead(CacheFixture.Request()));
        var call = await fixture.Upstream.NextAsync();
        call.Head(200, null).Send(CacheFixture.Bytes(2 << 20));
        await Deadline.Until(() => call.Cancellation.IsCancellationRequested && fixture.Parts.Pool.Lent == 0 && fixture.Parts.Budget.Used == 0);
        Assert.Equal([PrefetchEnding.Failed], fixture.PrefetchEndings);
    }

    [Fact]
    public async Task Stream_ReaderStallsAndHoldsUpAnother_IsCut()
    {
        await using var fixture = new CacheFixture(o => o.MaxObjectBytes = 1 << 20);
        var body = CacheFixture.Bytes(4 << 20);
        var open = fixture.OpenAsync(CacheFixture.Request());
        var call = await fixture.Upstream.NextAsync();
        call.Head(200, null).Send(body.AsSpan(0, 1000));
        using var stalled = await open.WaitAsync(Deadline.Value);
        var held = await stalled.ReadAsync(0, default).Within();
        using var other = await fixture.OpenAsync(CacheFixture.Request()).WaitAsync(Deadline.Value);
        call.Send(body.AsSpan(1000)).End();
        var reading = other.ReadAllAsync();
        await Deadline.Until(() => call.Taken >= 1 << 20);
        await Deadline.Until(() =>
        {
            fixture.Clock.Advance(fixture.Options.StalledReader);
            return reading.IsCompleted;
        });

        Assert.Equal(body, await reading);
        // The bytes it was sending when it was cut are still its own.
        Assert.Equal(body[..held.Length], held.ToArray());
        await Assert.ThrowsAsync<BrokenBodyException>(() => stalled.ReadAsync(held.Length, default).Within());
    }

    [Fact]
    public async Task Stream_ReaderCrawlsAndHoldsUpAnother_IsCutWhenItsTimeIsUp()
    {
        await using var fixture = new CacheFixture(o => o.MaxObjectBytes = 1 << 20);
        var body = CacheFixture.Bytes(16 << 20);
        var open = fixture.OpenAsync(CacheFixture.Request());
        var call = await fixture.Upstream.NextAsync();
        call.Head(200, null).Send(body.AsSpan(0, 1000));
        using var crawling = await open.WaitAsync(Deadline.Value);
        using var other = await fixture.OpenAsync(CacheFixture.Request()).WaitAsync(Deadline.Value);
        call.Send(body.AsSpan(1000)).End();
        var (asked, position) = (0, 0);
        async Task CrawlAsync()
        {
            asked = position;
            position += (await crawling.ReadAsync(asked, default).Within()).Length;
        }

        await Deadline.Until(() => call.Taken >= 1 << 20);
        var otherHas = 0L;
        var reading = other.ReadAllAsync(read: bytes => Volatile.Write(ref otherHas, bytes));
        // The second goes by while the fetch waits for the one that crawls, and the other for the fetch: it must not be charged with its own thread's delay.
        bool IsHeldUp() => call.Taken >= asked + fixture.Options.StreamWindowBytes && Volatile.Read(ref otherHas) == call.Taken && fixture.Clock.Armed > 0;
        var seconds = 0;
        var error = await Record.ExceptionAsync(async () =>
        {
            // A block a second: it moves all the time, and the others at its pace.
            while (!reading.IsCompleted)
            {
                await CrawlAsync();
                await Deadline.Until(() => IsHeldUp() || reading.IsCompleted);
                fixture.Clock.Advance(TimeSpan.FromSeconds(1));
                seconds++;
            }
        });

        Assert.True(error is null or BrokenBodyException, error?.ToString());
        Assert.Equal(body, await reading.WaitAsync(Deadline.Value));
        Assert.InRange(seconds, 1, 100);
        await Assert.ThrowsAsync<BrokenBodyException>(() => crawling.ReadAsync(position, default).Within());
    }

    [Theory]
    [InlineData("goes on")]
    [InlineData("another version")]
    [InlineData("no ranges")]
    [InlineData("breaks")]
    public async Task Stream_ReaderIsCut_ReadsTheRestByRangeWhereUpstreamAllows(string upstream)
    {
        await using var fixture = new CacheFixture(o => o.MaxObjectBytes = 1 << 20);
        var body = CacheFixture.Bytes(4 << 20);
        var open = fixture.OpenAsync(CacheFixture.Request());
        var call = await fixture.Upstream.NextAsync();
        call.Head(200, null, ("ETag", "\"a\"")).Send(body.AsSpan(0, 1000));
        var stalled = await open.WaitAsync(Deadline.Value);
        var position = (await stalled.ReadAsync(0, default).Within()).Length;
        using var other = await fixture.OpenAsync(CacheFixture.Request()).WaitAsync(Deadline.Value);
        call.Send(body.AsSpan(1000)).End();
        var reading = other.ReadAllAsync();
        await Deadline.Until(() => call.Taken >= 1 << 20);
        await Deadline.Until(() =>
        {
            fixture.Clock.Advance(fixture.Options.StalledReader);
            return reading.IsCompleted;
        });
        Assert.Equal(body, await reading);

        var rest = RestAsync(stalled, position);
        var own = await fixture.Upstream.NextAsync();
        Assert.Equal((new ByteRange(position, ByteRange.ToEnd), "\"a\""), (own.Request.Range!.Value, own.Request.IfRange));
        var range = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"bytes {position}-{body.Length - 1}/{body.Length}");
        switch (upstream)
        {
            case "goes on":
                own.Answer(206, body[position..], ("ETag", "\"a\""), ("Content-Range", range));
                break;
            case "another version":
                own.Answer(206, body[position..], ("ETag", "\"b\""), ("Content-Range", range));
                break;
            case "no ranges":
                own.Answer(200, body, ("ETag", "\"a\""));
                break;
            default:
                own.Head(206, body.Length - position, ("ETag", "\"a\""), ("Content-Range", range)).Send(1, 2, 3).Break();
                break;
        }

        if (upstream == "goes on") Assert.Equal(body[position..], await rest.WaitAsync(Deadline.Value));
        else await Assert.ThrowsAsync<BrokenBodyException>(() => rest.WaitAsync(Deadline.Value));
        stalled.Dispose();
        other.Dispose();
        await Deadline.Until(() => fixture.Parts.Pool.Lent == 0 && fixture.Parts.Budget.Used == 0);
    }

    private static async Task<byte[]> RestAsync(CacheReply reply, long position)
    {
        var rest = new MemoryStream();
        while (true)
        {
            var bytes = await reply.ReadAsync(position + rest.Length, default).Within();
            if (bytes.IsEmpty) return rest.ToArray();
            rest.Write(bytes.Span);
        }
    }

    [Fact]
    public async Task Stream_ReaderCrawlsAlone_IsNeverCut()
    {
        await using var fixture = new CacheFixture();
        var body = CacheFixture.Bytes(2 << 20);
        var open = fixture.OpenAsync(CacheFixture.Request());
        (await fixture.Upstream.NextAsync()).Head(200, body.Length, ("Cache-Control", "no-store")).Send(body).End();
        using var crawling = await open.WaitAsync(Deadline.Value);
        for (var position = 0; position < body.Length;)
        {
            var bytes = await crawling.ReadAsync(position, default).Within();
            Assert.Equal(body.AsSpan(position, bytes.Length), bytes.Span);
            position += bytes.Length;
            fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        }
    }

    [Fact]
    public async Task Stream_ReaderSkipsForward_BytesBetweenAreDropped()
    {
        await using var fixture = new CacheFixture();
        var body = CacheFixture.Bytes(2 << 20);
        var open = fixture.OpenAsync(CacheFixture.Request());
        (await fixture.Upstream.NextAsync()).Head(200, body.Length, ("Cache-Control", "no-store")).Send(body).End();
        using var reply = await open.WaitAsync(Deadline.Value);
        Assert.Equal(PassReason.NoStore, reply.Pass);
        var bytes = await reply.ReadAsync(1_500_000, default).Within();
        Assert.Equal(body.AsSpan(1_500_000, bytes.Length), bytes.Span);
    }

    [Fact]
    public async Task Stream_ReaderLeaves_FetchIsCancelled()
    {
        await using var fixture = new CacheFixture();
        var open = fixture.OpenAsync(CacheFixture.Request());
        var call = await fixture.Upstream.NextAsync();
        call.Head(200, 1 << 20, ("Cache-Control", "no-store")).Send(CacheFixture.Bytes(900_000));
        var reply = await open.WaitAsync(Deadline.Value);
        await reply.ReadUpToAsync(800_000);
        reply.Dispose();
        await Deadline.Until(() => call.Cancellation.IsCancellationRequested && fixture.Parts.Pool.Lent == 0);
    }
}

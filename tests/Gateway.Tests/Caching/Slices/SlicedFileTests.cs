using Gateway.Caching;
using Gateway.Caching.Store;

namespace Gateway.Tests.Caching.Slices;

public sealed class SlicedFileTests : SlicedFileServing
{
    [Fact]
    public async Task Whole_LargeFile_IsReadInSlicesEachFetchedOnce()
    {
        await using var fixture = new CacheFixture(limit: 64 << 20);
        Serve(fixture);
        for (var i = 0; i < 2; i++)
        {
            using var reply = await fixture.Cache.OpenFileAsync(Request(0), default).Within();
            Assert.Equal(200, reply.Head.Status);
            Assert.Equal(_file.Length, reply.Length);
            Assert.False(reply.Head.TryGet("Content-Range", out _));
            Assert.Equal(_file, await reply.ReadAllAsync());
            Assert.Equal(i == 0 ? CacheResult.Filled : CacheResult.Hit, reply.Result);
        }

        Assert.Equal(3, fixture.Upstream.Count);
    }

    [Fact]
    public async Task Seek_LargeFile_FetchesOnlyTheSliceAround()
    {
        await using var fixture = new CacheFixture(limit: 64 << 20);
        Serve(fixture);
        using var reply = await fixture.Cache.OpenFileAsync(Request(Slice + 5, 1000), default).Within();
        var bytes = await reply.ReadAsync(Slice + 5, default).Within();
        Assert.Equal(_file.AsSpan(Slice + 5, 1000), bytes.Span[..1000]);
        Assert.Equal(1, fixture.Upstream.Count);
    }

    [Fact]
    public async Task Reading_PastTheMiddle_FetchesTheNextSliceAhead()
    {
        await using var fixture = new CacheFixture(limit: 64 << 20);
        Serve(fixture);
        using var reply = await fixture.Cache.OpenFileAsync(Request(0), default).Within();
        await reply.ReadAsync(0, default).Within();
        Assert.Equal(1, fixture.Upstream.Count);
        await reply.ReadAsync(Slice / 2, default).Within();
        Assert.Equal(2, fixture.Upstream.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Version_ChangesBetweenSlices_BreaksTheReplyAndTheNextIsOfOneVersion(bool upstreamHeedsIfRange)
    {
        _heedsIfRange = upstreamHeedsIfRange;
        await using var fixture = new CacheFixture(limit: 64 << 20);
        Serve(fixture);
        using (var reply = await fixture.Cache.OpenFileAsync(Request(0), default).Within())
        {
            Assert.Equal(_file[..1000], await reply.ReadUpToAsync(1000));
            _file = CacheFixture.Bytes(_file.Length, seed: 2);
            _tag = "\"v2\"";
            await Assert.ThrowsAsync<BrokenBodyException>(() => reply.ReadAllAsync());
        }

        using var again = await fixture.Cache.OpenFileAsync(Request(0), default).Within();
        Assert.Equal(_file, await again.ReadAllAsync());
    }

    [Fact]
    public async Task Upstream_IgnoresRange_FileIsOpenedAsAWhole()
    {
        await using var fixture = new CacheFixture(limit: 64 << 20);
        fixture.Upstream.Answers = call => call.Answer(200, _file, ("ETag", _tag));
        using var reply = await fixture.Cache.OpenFileAsync(Request(Slice), default).Within();
        Assert.Equal(_file, await reply.ReadAllAsync());
        using var second = await fixture.Cache.OpenFileAsync(Request(0), default).Within();
        Assert.Equal(CacheResult.Hit, second.Result);
        Assert.Equal(1, fixture.Upstream.Count);
    }

    [Fact]
    public async Task File_FitsIntoItsFirstSlice_IsStoredAsAWhole()
    {
        await using var fixture = new CacheFixture();
        _file = CacheFixture.Bytes(5000);
        Serve(fixture);
        using (var reply = await fixture.Cache.OpenAsync(Request(0, 10), default).Within())
        {
            Assert.Equal(200, reply.Head.Status);
            Assert.Equal(5000, reply.Length);
            Assert.Equal(_file, await reply.ReadAllAsync());
        }

        var (result, body) = await fixture.GetAsync(CacheFixture.Request("/film.mp4"));
        Assert.Equal(CacheResult.Hit, result);
        Assert.Equal(_file, body);
        Assert.Equal(1, fixture.Upstream.Count);
    }

    [Fact]
    public async Task Prefetch_OfARange_FetchesTheSlicesAroundIt()
    {
        await using var fixture = new CacheFixture(limit: 64 << 20);
        Serve(fixture);
        Assert.NotNull(fixture.Cache.FetchAhead(Request(Slice - 10, 20)));
        await Deadline.Until(() => fixture.Cache.Statistics().Fetches == 0);
        Assert.Equal(2, fixture.Upstream.Count);
        Assert.Null(fixture.Cache.FetchAhead(Request(Slice - 10, 20)));
        using var reply = await fixture.Cache.OpenAsync(Request(Slice - 10, 20), default).Within();
        Assert.True(reply.WasPrefetched);
        Assert.Equal(CacheResult.Hit, reply.Result);
        Assert.Equal(_file[Slice - 10], (await reply.ReadAsync(Slice - 10, default).Within()).Span[0]);
    }

    [Fact]
    public async Task Prefetch_OfARangeLongerThanAnySegment_FetchesItsBeginning()
    {
        await using var fixture = new CacheFixture(limit: 256 << 20);
        Assert.NotNull(fixture.Cache.FetchAhead(Request(Slice, 100L << 30)));
        Assert.Equal(16, fixture.Upstream.Count);
    }

    [Fact]
    public async Task Range_OfAWholeUnderWay_ReadsAlong()
    {
        await using var fixture = new CacheFixture();
        var whole = fixture.OpenAsync(CacheFixture.Request("/film.mp4"));
        var call = await fixture.Upstream.NextAsync();
        var part = fixture.Cache.OpenAsync(Request(2, 3), default).AsTask();
        call.Answer(200, [0, 1, 2, 3, 4, 5]);
        using var first = await whole.WaitAsync(Deadline.Value);
        using var second = await part.WaitAsync(Deadline.Value);
        Assert.Equal(CacheResult.Joined, second.Result);
        Assert.Equal(2, (await second.ReadAsync(2, default).Within()).Span[0]);
        Assert.Equal(1, fixture.Upstream.Count);
    }

    [Fact]
    public async Task Reconnect_HeldSlices_AreNotFetchedAgain()
    {
        await using var fixture = new CacheFixture(limit: 64 << 20);
        var sent = 0L;
        Serve(fixture, count => sent += count);
        for (var i = 0; i < 20; i++)
        {
            var at = (long)i * _file.Length / 20;
            using var reply = await fixture.Cache.OpenFileAsync(Request(at, _file.Length / 20), default).Within();
            var bytes = await reply.ReadAsync(at, default).Within();
            Assert.Equal(_file[(int)at], bytes.Span[0]);
        }

        Assert.True(sent <= _file.Length, $"{sent} bytes for a file of {_file.Length}");
    }

    [Fact]
    public async Task Reply_DisposedWhileItsNextSliceIsOpened_LeavesNoLease()
    {
        await using var fixture = new CacheFixture(limit: 64 << 20);
        Serve(fixture);
        var serve = fixture.Upstream.Answers!;
        UpstreamCall? second = null;
        fixture.Upstream.Answers = call =>
        {
            if (call.Request.Range!.Value.Offset == Slice) second = call;
            else serve(call);
        };
        var reply = await fixture.Cache.OpenFileAsync(Request(0), default).Within();
        await reply.ReadAsync(0, default).Within();
        var pending = reply.ReadAsync(Slice, default).AsTask();
        Assert.NotNull(second);

        // A flush to the client has thrown while the read was under way.
        reply.Dispose();
        serve(second);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => pending.WaitAsync(Deadline.Value));
        await Deadline.Until(() => fixture.Cache.Statistics().Fetches == 0);
        fixture.Cache.Purge(null, "/");
        Assert.Equal((0, 0), (fixture.Parts.Budget.Used, fixture.Parts.Pool.Lent));
    }
}

using Gateway.Caching;
using Gateway.Caching.Store;
using Gateway.Media;
using Gateway.Origin;

namespace Gateway.Tests.Caching.Slices;

/// <summary>Ranges around the end of a file, of one that grows, and of one that sends less than it declared.</summary>
public sealed class SlicedFileEndTests : SlicedFileServing
{
    [Fact]
    public async Task Range_BehindTheEnd_TellsTheLength()
    {
        await using var fixture = new CacheFixture(limit: 64 << 20);
        Serve(fixture);
        using var reply = await fixture.Cache.OpenFileAsync(Request(40L * Slice), default).Within();
        Assert.Equal(_file.Length, reply.Length);
        Assert.True((await reply.ReadAsync(40L * Slice, default).Within()).IsEmpty);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(500)]
    public async Task Slice_ShorterThanDeclared_IsNotStored(int? declared)
    {
        await using var fixture = new CacheFixture(limit: 64 << 20);
        var range = $"bytes 0-{Slice - 1}/{_file.Length}";
        fixture.Upstream.Answers = call => call.Head(206, declared, ("ETag", _tag), ("Content-Range", range)).Send(_file.AsSpan(0, 500)).End();
        using (var reply = await fixture.Cache.OpenFileAsync(Request(0), default).Within())
        {
            if (declared is null) await Assert.ThrowsAsync<BrokenBodyException>(() => reply.ReadAllAsync());
            else Assert.Equal(OriginFailure.Protocol, reply.Failure);
        }

        Serve(fixture);
        using var again = await fixture.Cache.OpenFileAsync(Request(0), default).Within();
        Assert.Equal(_file, await again.ReadAllAsync());
    }

    [Fact]
    public async Task Upstream_SendsLessThanASlice_FileIsOpenedAsAWhole()
    {
        await using var fixture = new CacheFixture(limit: 64 << 20);
        fixture.Upstream.Answers = call =>
        {
            if (call.Request.Range is null) call.Answer(200, _file, ("ETag", _tag));
            else call.Answer(206, _file[..1000], ("ETag", _tag), ("Content-Range", $"bytes 0-999/{_file.Length}"));
        };
        using var reply = await fixture.Cache.OpenFileAsync(Request(0), default).Within();
        Assert.Equal(_file, await reply.ReadAllAsync());
    }

    [Theory]
    [InlineData(5000, 9000)]
    [InlineData(Slice + 5000, Slice + 9000)]
    [InlineData(1000, 2 * Slice)]
    [InlineData(Slice, 2 * Slice)]
    public async Task File_HasGrown_IsReadOnFromItsOldEnd(int before, int after)
    {
        await using var fixture = new CacheFixture(limit: 64 << 20);
        var whole = CacheFixture.Bytes(after);
        (_file, _tag) = (whole[..before], "\"before\"");
        Serve(fixture);
        using (var reply = await fixture.Cache.OpenFileAsync(Request(0), default).Within()) Assert.Equal(_file, await reply.ReadAllAsync());
        using (var reply = await fixture.Cache.OpenAsync(Request(before, 10), default).Within()) Assert.Equal(before, reply.Length);

        (_file, _tag) = (whole, "\"after\"");
        fixture.Clock.Advance(TimeSpan.FromSeconds(2));
        using var grown = await fixture.Cache.OpenAsync(Request(before, 10), default).Within();
        Assert.Equal(after, grown.Length);
        Assert.Equal(whole[before], (await grown.ReadAsync(before, default).Within()).Span[0]);
    }

    [Theory]
    [InlineData(9000, 8000, 8000, 8500)]
    [InlineData(Slice + 9000, Slice + 8000, Slice + 7000, Slice + 8500)]
    // Its first slice is full, and of a file that ended in the second.
    [InlineData((2 * Slice) + 9000, (2 * Slice) + 8000, (2 * Slice) - 1000, (2 * Slice) + 8500)]
    public async Task Range_BeyondTheStoredEnd_IsNotCutThere(int after, int before, int from, int until)
    {
        await using var fixture = new CacheFixture(limit: 64 << 20);
        var whole = CacheFixture.Bytes(after);
        (_file, _tag) = (whole[..before], "\"before\"");
        Serve(fixture);
        using (var reply = await fixture.Cache.OpenFileAsync(Request(0), default).Within()) Assert.Equal(_file, await reply.ReadAllAsync());

        (_file, _tag) = (whole, "\"after\"");
        fixture.Clock.Advance(TimeSpan.FromSeconds(2));
        var asked = 0;
        for (var i = 0; i < 3; i++)
        {
            if (i > 1) asked = fixture.Upstream.Count;
            using var piece = await fixture.Cache.OpenAsync(Request(from, until - from), default).Within();
            Assert.Equal(after, piece.Length);
            Assert.Equal(whole[from], (await piece.ReadAsync(from, default).Within()).Span[0]);
            Assert.Equal(whole[until - 1], (await piece.ReadAsync(until - 1, default).Within()).Span[0]);
        }

        Assert.Equal(asked, fixture.Upstream.Count);
    }

    [Fact]
    public async Task Windows_EndBehindTheFile_AreOneUpstreamRequestASecondAtMost()
    {
        await using var fixture = new CacheFixture(limit: 64 << 20);
        _file = CacheFixture.Bytes(9000);
        Serve(fixture);
        for (var i = 0; i < 10; i++) (await fixture.Cache.OpenFileAsync(Request(8000, 2000), default).Within()).Dispose();
        Assert.Equal(1, fixture.Upstream.Count);
        fixture.Clock.Advance(TimeSpan.FromSeconds(2));
        for (var i = 0; i < 10; i++) (await fixture.Cache.OpenFileAsync(Request(8000, 2000), default).Within()).Dispose();
        Assert.Equal(2, fixture.Upstream.Count);
    }

    /// <summary>Whoever asks for what is not there must not have what is held fetched again and again.</summary>
    [Theory]
    [InlineData(9000, 9000, true)]
    [InlineData(9000, 9000, false)]
    [InlineData(9000, 40L * Slice, true)]
    [InlineData(9000, 40L * Slice, false)]
    [InlineData(Slice + 9000, Slice + 9000, true)]
    [InlineData(Slice + 9000, Slice + 9000, false)]
    [InlineData(Slice + 9000, 40L * Slice, true)]
    [InlineData(Slice + 9000, 40L * Slice, false)]
    public async Task Ranges_BehindTheEnd_AreOneUpstreamRequestASecondAtMost(int length, long from, bool isHeld)
    {
        await using var fixture = new CacheFixture(limit: 64 << 20);
        _file = CacheFixture.Bytes(length);
        long sent = 0;
        _hasTag = false;
        Serve(fixture, bytes => sent += bytes);
        if (isHeld)
        {
            using var whole = await fixture.Cache.OpenFileAsync(Request(0), default).Within();
            await whole.ReadAllAsync();
        }

        await AskAsync(1);
        var (requests, bytes) = (fixture.Upstream.Count, sent);
        await AskAsync(20);
        Assert.Equal((requests, bytes), (fixture.Upstream.Count, sent));
        fixture.Clock.Advance(TimeSpan.FromSeconds(2));
        await AskAsync(20);
        Assert.InRange(fixture.Upstream.Count, requests + 1, requests + 2);

        async Task AskAsync(int times)
        {
            for (var i = 0; i < times; i++)
            {
                using var reply = await fixture.Cache.OpenFileAsync(Request(from), default).Within();
                Assert.Equal(length, reply.Length);
                Assert.True((await reply.ReadAsync(from, default).Within()).IsEmpty);
            }
        }
    }

    /// <summary>A viewer who asks for what is behind even the new end must not hide it from the others, also where upstream does not say how long the file is.</summary>
    [Theory]
    [InlineData(9000, true)]
    [InlineData(9000, false)]
    [InlineData(Slice + 9000, true)]
    [InlineData(Slice + 9000, false)]
    public async Task File_HasGrownAndOneAsksFarBehindIt_OthersReadWhatIsNew(int before, bool tellsLength)
    {
        await using var fixture = new CacheFixture(limit: 64 << 20);
        var whole = CacheFixture.Bytes((2 * Slice) + 9000);
        (_file, _tag, _tellsLength) = (whole[..before], "\"before\"", tellsLength);
        Serve(fixture);
        using (var reply = await fixture.Cache.OpenFileAsync(Request(0), default).Within()) Assert.Equal(_file, await reply.ReadAllAsync());

        (_file, _tag) = (whole, "\"after\"");
        fixture.Clock.Advance(TimeSpan.FromSeconds(2));
        (await fixture.Cache.OpenFileAsync(Request(40L * Slice), default).Within()).Dispose();
        const int next = (2 * Slice) + 5000;
        using var grown = await fixture.Cache.OpenFileAsync(Request(next, 10), default).Within();
        Assert.Equal(whole.Length, grown.Length);
        Assert.Equal(whole[next], (await grown.ReadAsync(next, default).Within()).Span[0]);
    }

    [Fact]
    public async Task Probe_FromTheBeginningBeyondTheEnd_IsAnsweredFromTheCache()
    {
        await using var fixture = new CacheFixture(limit: 64 << 20);
        _file = CacheFixture.Bytes(9000);
        Serve(fixture);
        for (var i = 0; i < 3; i++) (await fixture.Cache.OpenFileAsync(Request(0, 1 << 20), default).Within()).Dispose();
        Assert.Equal(1, fixture.Upstream.Count);
    }

    [Theory]
    [InlineData(404, false)]
    [InlineData(200, true)]
    public async Task Range_BehindTheEndOfAnUnslicedObject_IsAnsweredFromTheCache(int status, bool headOnly)
    {
        await using var fixture = new CacheFixture();
        fixture.Upstream.Answers = call => call.Answer(status, [1, 2, 3], ("Cache-Control", "max-age=60"));
        await fixture.GetAsync(CacheFixture.Request("/film.mp4"));
        var request = new CacheRequest { Address = Request(0).Address, Rules = CacheFixture.Segments, Range = new ByteRange(9, 1), HeadOnly = headOnly };
        Assert.Equal(CacheResult.Hit, (await fixture.GetAsync(request)).Result);
    }

    [Fact]
    public async Task File_Missing_IsAnsweredWithItsStatus()
    {
        await using var fixture = new CacheFixture();
        fixture.Upstream.Answers = call => call.Answer(404, []);
        using var reply = await fixture.Cache.OpenFileAsync(Request(0), default).Within();
        Assert.Equal(404, reply.Head.Status);
    }
}

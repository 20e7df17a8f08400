using System.Globalization;
using Gateway.Caching;
using Gateway.Caching.Slices;
using Gateway.Caching.Store;
using Gateway.Media;
using Gateway.Origin;

namespace Gateway.Tests.Caching.Slices;

public sealed class SlicedFileTests
{
    private const int Slice = (int)SlicedFiles.SliceBytes;

    private byte[] _file = CacheFixture.Bytes(2 * Slice + 100_000);
    private string _tag = "\"v1\"";
    private bool _heedsIfRange = true;

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
        for (var i = 0; i < 3; i++)
        {
            using var piece = await fixture.Cache.OpenAsync(Request(from, until - from), default).Within();
            Assert.Equal(after, piece.Length);
            Assert.Equal(whole[from], (await piece.ReadAsync(from, default).Within()).Span[0]);
            Assert.Equal(whole[until - 1], (await piece.ReadAsync(until - 1, default).Within()).Span[0]);
            if (i > 1) Assert.Equal(CacheResult.Hit, piece.Result);
        }
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

    private static CacheRequest Request(long offset, long length = ByteRange.ToEnd) => new()
    {
        Address = new MediaAddress("origin", "/film.mp4", string.Empty),
        Rules = CacheFixture.Segments,
        Range = new ByteRange(offset, length),
    };

    private void Serve(CacheFixture fixture, Action<long>? sent = null) => fixture.Upstream.Answers = call =>
    {
        if (call.Request.IfNoneMatch == _tag)
        {
            call.Head(304, null, ("ETag", _tag)).End();
            return;
        }

        if (call.Request.Range is not { } range)
        {
            call.Answer(200, _file, ("ETag", _tag));
            return;
        }

        if (range.Offset >= _file.Length)
        {
            call.Answer(416, [], ("Content-Range", string.Create(CultureInfo.InvariantCulture, $"bytes */{_file.Length}")));
            return;
        }

        if (_heedsIfRange && call.Request.IfRange is { } tag && tag != _tag)
        {
            call.Answer(200, _file, ("ETag", _tag));
            return;
        }

        var end = Math.Min(range.End, _file.Length);
        sent?.Invoke(end - range.Offset);
        call.Answer(
            206,
            _file[(int)range.Offset..(int)end],
            ("ETag", _tag),
            ("Content-Range", string.Create(CultureInfo.InvariantCulture, $"bytes {range.Offset}-{end - 1}/{_file.Length}")));
    };
}

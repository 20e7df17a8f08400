using Gateway.Caching;
using Gateway.Caching.Disk;
using Gateway.Caching.Policy;
using Gateway.Caching.Store;
using Gateway.Media;
using Gateway.Origin;
using Gateway.Responses;

namespace Gateway.Tests.Caching.Disk;

/// <summary>What comes to the disk, and what comes from it, through the whole cache.</summary>
public sealed class DiskServingTests
{
    [Fact]
    public async Task SecondRequest_MemoryLetsGo_IsServedFromDisk()
    {
        await using var fixture = new DiskFixture();
        await fixture.WriteAsync("/a/seg1");
        fixture.EmptyMemory();
        fixture.Clock.Advance(TimeSpan.FromMinutes(10));
        using var reply = await fixture.OpenAsync("/a/seg1");
        Assert.Equal(CacheResult.Hit, reply.Result);
        Assert.Equal("gateway; hit; ttl=3000; detail=disk", CacheStatus.Of(reply));
        Assert.Equal(ServedFrom.Cache, MediaFields.SourceOf(reply));
        Assert.Equal(TimeSpan.FromMinutes(10), reply.Age);
        Assert.Equal("ä", reply.Head["X-Kept"]);
        Assert.Equal("\"1\"", reply.Head["ETag"]);
        Assert.Equal("http://origin/a/seg1", reply.FinalUrl);
        Assert.Equal(0, reply.Tries);
        Assert.Equal(1, fixture.Upstream.Count);
        using var again = await fixture.OpenAsync("/a/seg1");
        Assert.Equal("gateway; hit; ttl=3000", CacheStatus.Of(again));
        Assert.Equal((1, 1), (fixture.Counts["reads hit"], fixture.Counts["writes written"]));
    }

    [Fact]
    public async Task FirstRequest_OfAnObject_DoesNotWriteIt()
    {
        await using var fixture = new DiskFixture();
        await fixture.Memory.GetAsync(CacheFixture.Request("/a/seg1"));
        await fixture.FlushAsync();
        Assert.Equal(0, fixture.Tier.Entries);
        Assert.False(await fixture.IsOnDiskAsync("/a/seg1"));
        // That was the second one, though memory had let go of the first.
        await fixture.FlushAsync();
        Assert.True(await fixture.IsOnDiskAsync("/a/seg1"));
    }

    [Fact]
    public async Task PartsOfOneObject_ReadByOneViewer_AreOneRequest()
    {
        await using var fixture = new DiskFixture();
        await fixture.Memory.GetAsync(CacheFixture.Request("/a/seg1"));
        for (var offset = 1000; offset < 40_000; offset += 1000)
        {
            using var reply = await fixture.Memory.OpenAsync(new CacheRequest { Address = new MediaAddress("origin", "/a/seg1", ""), Rules = CacheFixture.Segments, Range = new ByteRange(offset, 1000) });
            Assert.Equal(CacheResult.Hit, reply.Result);
        }

        await fixture.FlushAsync();
        Assert.Equal(0, fixture.Tier.Entries);
    }

    [Fact]
    public async Task ManyViewers_OfOneObjectOnDisk_CauseOneRead()
    {
        await using var fixture = new DiskFixture();
        await fixture.WriteAsync("/a/seg1");
        fixture.EmptyMemory();
        var replies = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => fixture.OpenAsync("/a/seg1")))).WaitAsync(Deadline.Value);
        foreach (var reply in replies)
        {
            Assert.Equal(CacheResult.Hit, reply.Result);
            reply.Dispose();
        }

        Assert.Equal(1, fixture.Counts["reads hit"]);
        Assert.Equal(1, fixture.Upstream.Count);
    }

    [Fact]
    public async Task Range_OfAWholeOnDisk_IsServedFromThere()
    {
        await using var fixture = new DiskFixture();
        await fixture.WriteAsync("/a/seg1");
        fixture.EmptyMemory();
        using var reply = await fixture.Memory.OpenAsync(new CacheRequest { Address = new MediaAddress("origin", "/a/seg1", ""), Rules = CacheFixture.Segments, Range = new ByteRange(40_000, 100) });
        Assert.True(reply.FromDisk);
        Assert.Equal(DiskFixture.Body("/a/seg1")[40_000..], (await reply.ReadAsync(40_000, CancellationToken.None)).ToArray());
        Assert.Equal(1, fixture.Upstream.Count);
    }

    [Fact]
    public async Task Slices_OfALargeFile_AreServedFromDisk()
    {
        await using var fixture = new DiskFixture(layout: new SlabLayout(20 << 20, 3));
        var file = CacheFixture.Bytes(9 << 20);
        fixture.Upstream.Answers = call =>
        {
            var range = call.Request.Range!.Value;
            var part = file[(int)range.Offset..(int)Math.Min(range.End, file.Length)];
            call.Answer(206, part, ("Content-Range", $"bytes {range.Offset}-{range.Offset + part.Length - 1}/{file.Length}"), ("Cache-Control", "max-age=3600"), ("ETag", "\"1\""));
        };
        for (var viewer = 0; viewer < 2; viewer++) Assert.Equal(file, await ReadFileAsync(fixture));
        await fixture.FlushAsync();
        var asked = fixture.Upstream.Count;
        fixture.EmptyMemory();
        Assert.Equal(file, await ReadFileAsync(fixture));
        await fixture.FlushAsync();
        Assert.Equal(asked, fixture.Upstream.Count);
        Assert.Equal(3, fixture.Counts["reads hit"]);
    }

    [Fact]
    public async Task Prefetch_OfAnObjectOnDisk_BringsItIntoMemory()
    {
        await using var fixture = new DiskFixture();
        await fixture.WriteAsync("/a/seg1");
        fixture.EmptyMemory();
        Assert.NotNull(fixture.Memory.Cache.FetchAhead(new CacheRequest { Address = new MediaAddress("origin", "/a/seg1", ""), Rules = CacheFixture.Segments, Purpose = FetchPurpose.Prefetch }));
        await fixture.FlushAsync();
        using var reply = await fixture.OpenAsync("/a/seg1");
        Assert.True(reply.WasPrefetched);
        Assert.Equal(1, fixture.Upstream.Count);
    }

    [Theory]
    [InlineData(true, "")]
    [InlineData(false, "only-if-cached")]
    [InlineData(true, "only-if-cached")]
    public async Task RequestThatUpstreamNeedNotFill_OfAnObjectOnDisk_IsAnsweredFromThere(bool isHead, string directive)
    {
        await using var fixture = new DiskFixture();
        await fixture.WriteAsync("/a/seg1");
        fixture.EmptyMemory();
        using var reply = await fixture.Memory.OpenAsync(Asking("/a/seg1", isHead, directive)).WaitAsync(Deadline.Value);
        Assert.Equal((CacheResult.Hit, true), (reply.Result, reply.FromDisk));
        Assert.Equal("\"1\"", reply.Head["ETag"]);
        Assert.Equal(1, fixture.Upstream.Count);
        using var next = await fixture.OpenAsync("/a/seg1");
        Assert.Equal((CacheResult.Hit, false), (next.Result, next.FromDisk));
    }

    [Fact]
    public async Task OnlyIfCached_OfWhatTheDiskHasNoMore_AsksNobody()
    {
        await using var fixture = new DiskFixture();
        await fixture.WriteAsync("/a/seg1");
        fixture.EmptyMemory();
        fixture.Clock.Advance(TimeSpan.FromHours(2));
        foreach (var path in (string[])["/a/seg1", "/a/other"])
        {
            using var reply = await fixture.Memory.OpenAsync(Asking(path, isHead: false, "only-if-cached")).WaitAsync(Deadline.Value);
            Assert.Equal(CacheResult.NotHeld, reply.Result);
        }

        Assert.Equal(1, fixture.Upstream.Count);
    }

    [Fact]
    public async Task Variants_OfOneAddress_LieSideBySide()
    {
        await using var fixture = new DiskFixture();
        fixture.Upstream.Answers = call => call.Answer(200, DiskFixture.Body(call.Request.Address.Path), ("Cache-Control", "max-age=3600"), ("Vary", "X-Kind"), ("X-Got", call.Request.Fields[0].Value));
        await fixture.WriteAsync("/a/seg1", null, ("X-Kind", "one"));
        await fixture.WriteAsync("/a/seg1", null, ("X-Kind", "two"));
        Assert.Equal(2, fixture.Tier.Entries);
        foreach (var kind in (string[])["one", "two"])
        {
            fixture.EmptyMemory();
            using var reply = await fixture.OpenAsync("/a/seg1", ("X-Kind", kind));
            Assert.True(reply.FromDisk);
            Assert.Equal(kind, reply.Head["X-Got"]);
        }

        Assert.False(await fixture.IsOnDiskAsync("/a/seg1", ("X-Kind", "three")));
    }

    [Fact]
    public async Task Replaced_InMemory_IsNotFoundOnDisk()
    {
        await using var fixture = new DiskFixture();
        await fixture.WriteAsync("/a/seg1");
        // The new one is not worth writing: so the old one is not overwritten, but must not come back all the same.
        fixture.Upstream.Answers = call => call.Answer(200, DiskFixture.Body(call.Request.Address.Path), ("Cache-Control", "max-age=30"));
        using (var reload = await fixture.Memory.OpenAsync(CacheFixture.Request("/a/seg1", null, ("Cache-Control", "no-cache")))) await reload.ReadAllAsync();
        await fixture.FlushAsync();
        Assert.Equal(2, fixture.Upstream.Count);
        Assert.False(await fixture.IsOnDiskAsync("/a/seg1"));
        using var killed = fixture.Folder.Copy();
        await using var next = new DiskFixture(killed, clock: fixture.Clock);
        Assert.False(await next.IsOnDiskAsync("/a/seg1"));
    }

    [Theory]
    [InlineData("304", nameof(CacheResult.Revalidated))]
    [InlineData("200", nameof(CacheResult.Filled))]
    [InlineData("503", nameof(CacheResult.StaleIfError))]
    [InlineData("fails", nameof(CacheResult.StaleIfError))]
    public async Task StaleOnDisk_UpstreamAnswers_IsConfirmedOrReplaced(string answer, string result)
    {
        await using var fixture = new DiskFixture();
        fixture.Upstream.Answers = call => call.Answer(200, DiskFixture.Body(call.Request.Address.Path), ("Cache-Control", "max-age=600, stale-if-error=7200"), ("ETag", "\"1\""));
        await fixture.WriteAsync("/a/seg1");
        fixture.EmptyMemory();
        fixture.Clock.Advance(TimeSpan.FromHours(1));
        OriginRequest? asked = null;
        fixture.Upstream.Answers = call =>
        {
            asked = call.Request;
            if (answer == "fails") call.Fail(OriginFailure.Unreachable);
            else if (answer == "304") call.Answer(304, [], ("ETag", "\"1\""), ("Cache-Control", "max-age=600"));
            else call.Answer(int.Parse(answer, System.Globalization.CultureInfo.InvariantCulture), DiskFixture.Body(call.Request.Address.Path), ("ETag", "\"2\""), ("Cache-Control", "max-age=600"));
        };
        using var reply = await fixture.OpenAsync("/a/seg1");
        Assert.Equal(result, reply.Result.ToString());
        Assert.Equal("\"1\"", asked?.IfNoneMatch);
        Assert.Equal(1, fixture.Counts["reads stale"]);
    }

    [Fact]
    public async Task NoCache_OfAnObjectOnDisk_AsksUpstream()
    {
        await using var fixture = new DiskFixture();
        await fixture.WriteAsync("/a/seg1");
        fixture.EmptyMemory();
        fixture.Upstream.Answers = call => call.Answer(304, [], ("ETag", "\"1\""));
        using var reply = await fixture.OpenAsync("/a/seg1", ("Cache-Control", "no-cache"));
        Assert.Equal(CacheResult.Revalidated, reply.Result);
        Assert.Equal(2, fixture.Upstream.Count);
    }

    [Fact]
    public async Task ClockSetBack_SinceTheWriting_IsConfirmedFirst()
    {
        await using var fixture = new DiskFixture();
        await fixture.WriteAsync("/a/seg1");
        fixture.EmptyMemory();
        fixture.Clock.SetBack(TimeSpan.FromHours(1));
        fixture.Upstream.Answers = call => call.Answer(304, [], ("ETag", "\"1\""));
        using var reply = await fixture.OpenAsync("/a/seg1");
        Assert.Equal(CacheResult.Revalidated, reply.Result);
    }

    public static TheoryData<string, string, string, string> Private => new()
    {
        { "Authorization", "Basic secret-word", "Cache-Control", "public, max-age=3600" },
        { "Cookie", "id=secret-word", "Cache-Control", "public, max-age=3600" },
        { "Accept", "text/plain", "Set-Cookie", "id=secret-word" },
        { "Accept", "text/plain", "Cache-Control", "private, max-age=3600" },
        { "Accept", "text/plain", "Cache-Control", "no-store" },
        { "Accept", "text/plain", "Cache-Control", "max-age=30" },
        { "Accept", "text/plain", "Cache-Control", "no-cache" },
    };

    [Theory]
    [MemberData(nameof(Private))]
    public async Task PrivateOrShortLived_RequestedOften_IsNeverWritten(string asks, string value, string answers, string answer)
    {
        await using var fixture = new DiskFixture();
        fixture.Upstream.Answers = call => call.Answer(200, "secret-word, again and again: secret-word"u8.ToArray(), (answers, answer), ("ETag", "\"1\""), ("Vary", "Cookie"));
        for (var i = 0; i < 3; i++) await fixture.Memory.GetAsync(CacheFixture.Request("/a/page", null, (asks, value)));
        await fixture.WriteAsync("/a/other", StorageRules.Http, (asks, value));
        Assert.Equal(0, fixture.Tier.Entries);
        foreach (var file in Directory.EnumerateFiles(fixture.Folder.Path).Where(f => !f.EndsWith("lock", StringComparison.Ordinal)))
        {
            using var copy = fixture.Folder.Copy();
            Assert.Equal(-1, File.ReadAllBytes(copy.File(Path.GetFileName(file))).AsSpan().IndexOf("secret-word"u8));
        }
    }

    [Fact]
    public void Admission_RedirectedWithParameters_IsRefused()
    {
        var key = new CacheKey(new MediaAddress("origin", "/a/seg1", ""), "", CacheKey.Whole);
        var head = Heads.Of(200, ("Cache-Control", "max-age=3600"));
        var fresh = new Freshness(TimeSpan.FromHours(1), default, default, default, false, false, false);
        var entry = new CacheEntry(key, head, "https://cdn/seg1?signature=x", VaryKey.Any, fresh, default, null!, false) { Title = "/a/" };
        Assert.False(DiskAdmission.MayWrite(CacheFixture.Request(), entry));
        entry = new CacheEntry(key, head, "https://cdn/seg1", VaryKey.Any, fresh, default, null!, false) { Title = "/a/" };
        Assert.True(DiskAdmission.MayWrite(CacheFixture.Request(), entry));
    }

    private static CacheRequest Asking(string path, bool isHead, string directive) => new()
    {
        Address = new MediaAddress("origin", path, ""),
        Rules = CacheFixture.Segments,
        HeadOnly = isHead,
        Fields = directive.Length == 0 ? [] : [new HeaderLine("Cache-Control", directive)],
    };

    private static async Task<byte[]> ReadFileAsync(DiskFixture fixture)
    {
        using var reply = await fixture.Memory.Cache.OpenFileAsync(new CacheRequest { Address = new MediaAddress("origin", "/a/film.mp4", ""), Rules = CacheFixture.Segments }, CancellationToken.None).Within();
        return await reply.ReadAllAsync();
    }
}

using Gateway.Adaptation;
using Gateway.Media;
using Gateway.Prefetch;
using Gateway.Timelines;
using static Gateway.Tests.Prefetch.Playlists;

namespace Gateway.Tests.Prefetch;

public sealed class NextObjectHintsTests
{
    [Fact]
    public async Task Named_OtherRendition_IsFetchedInsteadOfWhatWouldFollow()
    {
        await using var fixture = new PrefetchFixture();
        fixture.Tell(PrefetchFixture.Viewer(("low", Of("low", 0, 99)), ("high", Of("high", 0, 99))), Segment("low", 4), Nor("../high/5.ts"));
        Assert.Equal(["/high/5.ts", "/high/6.ts", "/high/7.ts"], fixture.Paths);
    }

    [Fact]
    public async Task Named_JustTheNext_ChangesNothing()
    {
        await using var fixture = new PrefetchFixture();
        fixture.Tell(PrefetchFixture.Viewer(("v", Of("v", 0, 99))), Segment("v", 4), Nor("5.ts"));
        Assert.Equal(["/v/5.ts", "/v/6.ts", "/v/7.ts"], fixture.Paths);
    }

    [Fact]
    public async Task Named_FurtherOn_IsWhereItGoesOn()
    {
        await using var fixture = new PrefetchFixture();
        var viewer = PrefetchFixture.Viewer(("v", Of("v", 0, 99)));
        fixture.Tell(viewer, Segment("v", 4), Nor("50.ts"));
        Assert.Equal(["/v/50.ts", "/v/51.ts", "/v/52.ts"], fixture.Paths);
    }

    [Fact]
    public async Task Named_Several_AreFetchedInTheirOrderWithinTheCount()
    {
        await using var fixture = new PrefetchFixture();
        fixture.Tell(PrefetchFixture.Viewer(("v", Of("v", 0, 99))), Segment("v", 4), Nor("50.ts", "60.ts", "70.ts", "80.ts", "90.ts"));
        Assert.Equal(["/v/50.ts", "/v/60.ts", "/v/70.ts"], fixture.Paths);
    }

    [Theory]
    [InlineData("http://evil.example/x.ts")]
    [InlineData("//evil.example/x.ts")]
    [InlineData("http://origin.example/other/1.ts")]
    [InlineData("/other/1.ts")]
    [InlineData("../other/1.ts")]
    [InlineData("../../../../../other/1.ts")]
    [InlineData("..%2f..%2fother/1.ts")]
    [InlineData("%2e%2e/other/1.ts")]
    [InlineData("..\\other\\1.ts")]
    [InlineData("100.ts")]
    [InlineData("5.ts?x=1")]
    [InlineData("file:///etc/passwd")]
    [InlineData("%0d%0aHost:%20evil")]
    [InlineData("")]
    [InlineData("%")]
    public async Task Named_NotListed_IsNeverFetched(string reference)
    {
        await using var fixture = new PrefetchFixture();
        fixture.Tell(PrefetchFixture.Viewer(("v", Of("v", 0, 99))), Segment("v", 4), Nor(reference));
        Assert.Equal(["/v/5.ts", "/v/6.ts", "/v/7.ts"], fixture.Paths);
    }

    [Fact]
    public async Task Named_AtTheEnd_FetchesNothingBeyondIt()
    {
        await using var fixture = new PrefetchFixture();
        fixture.Tell(PrefetchFixture.Viewer(("v", Of("v", 0, 5))), Segment("v", 5), Nor("6.ts"));
        Assert.Empty(fixture.Paths);
    }

    [Fact]
    public async Task Named_AfterSeveralJumps_IsOneAtMost()
    {
        await using var fixture = new PrefetchFixture();
        var viewer = PrefetchFixture.Viewer(("v", Of("v", 0, 999)));
        foreach (var at in new[] { 0, 100, 200, 300, 400 }) fixture.Tell(viewer, Segment("v", at));
        var before = fixture.Paths.Length;
        fixture.Tell(viewer, Segment("v", 500), Nor("501.ts", "502.ts", "503.ts"));
        Assert.Equal(["/v/501.ts"], fixture.Paths[before..]);
    }

    [Fact]
    public async Task NamedRange_OfOneFile_IsTheListedPartOfIt()
    {
        await using var fixture = new PrefetchFixture(o => o.Segments = 1) { Answers = false };
        var one = new MediaAddress("origin", "/v/all.mp4", "");
        var timeline = Read("v", "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n#EXT-X-BYTERANGE:10000000@0\nall.mp4\n#EXTINF:2,\n#EXT-X-BYTERANGE:10000000\nall.mp4\n#EXTINF:2,\n#EXT-X-BYTERANGE:100\nall.mp4\n#EXT-X-ENDLIST\n");
        var asked = new Gateway.Caching.CacheRequest { Address = one, Range = new ByteRange(0, 10_000_000) };
        fixture.Prefetcher.Asked(PrefetchFixture.Viewer(("v", timeline)), asked, null, new CmcdReport { NextRange = "20000000-20000099" });
        Assert.Equal([new ByteRange(16 << 20, 4 << 20)], fixture.Calls.Select(c => c.Request.Range!.Value));
    }

    [Theory]
    [InlineData("90000000-99999999")]
    [InlineData("5-1")]
    [InlineData("x")]
    [InlineData("-")]
    [InlineData("99999999999999999999-")]
    [InlineData("0-9223372036854775807")]
    public void NamedRange_Invalid_IsSkipped(string range)
    {
        var asked = new RangedAddress(Segment("v", 1), null);
        var read = NextObjectHints.Read(new CmcdReport { NextRange = range }, asked);
        Assert.True(read is null || read.Single().Range!.Value.Offset == 90_000_000);
        Assert.Null(NextObjectHints.Read(new CmcdReport { NextRange = null }, asked));
        Assert.Null(NextObjectHints.Read(null, asked));
    }

    [Fact]
    public async Task Urgency_ByBufferAndDeadline_OrdersTheQueue()
    {
        await using var fixture = new PrefetchFixture(o => (o.Segments, o.MaxConcurrent) = (1, 1)) { Answers = false };
        Tell("first", new CmcdReport { BufferMs = 0 });
        Tell("full", new CmcdReport { BufferMs = 30_000 });
        Tell("fast", new CmcdReport { BufferMs = 30_000, PlaybackRate = 2 });
        Tell("dry", new CmcdReport { BufferMs = 40_000, BufferStarved = true });
        Tell("due", new CmcdReport { BufferMs = 30_000, DeadlineMs = 5_000 });
        Tell("absurd", new CmcdReport { BufferMs = int.MaxValue, PlaybackRate = 0.000001 });
        for (var i = 0; i < 6; i++)
        {
            await Gateway.Tests.Caching.Deadline.Until(() => fixture.Calls.Length == i + 1);
            fixture.Calls[i].Answer(200, [1]);
        }

        Assert.Equal(["/first/1.ts", "/dry/1.ts", "/due/1.ts", "/fast/1.ts", "/full/1.ts", "/absurd/1.ts"], fixture.Paths);

        void Tell(string title, CmcdReport report) => fixture.Tell(PrefetchFixture.Viewer((title, Of(title, 0, 9))), Segment(title, 0), report);
    }

    private static CmcdReport Nor(params string[] references) => new() { Next = [.. references.Select(r => new NextObject(r, null))] };
}

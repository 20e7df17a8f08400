using System.Text;
using Gateway.Manifests;
using Gateway.Manifests.Hls;
using Gateway.Media;
using Gateway.Timelines;
using static Gateway.Tests.Manifests.Hls.HlsRewriting;

namespace Gateway.Tests.Manifests.Hls;

public sealed class HlsTimelineTests
{
    private static readonly ReferenceBase Base = new(HlsRewriting.Upstreams, "origin", new Uri(Upstream));

    private static HlsTimeline Read(string playlist) => HlsTimeline.Read(Encoding.UTF8.GetBytes(playlist), Base, Variables());

    private static MediaAddress At(string file, string query = "") => new("origin", "/demo/v1/" + file, query);

    private static string[] Following(MediaTimeline timeline, int index, int count, bool inclusive = false)
    {
        var next = new TimelineEntry[count * 3];
        var used = inclusive ? timeline.StartingAt(index, count, next) : timeline.Following(index, count, next);
        return [.. next.Take(used).Select(e => $"{e.Kind} {e.Address.Path.Replace("/demo/v1/", "", StringComparison.Ordinal)}{e.Range}")];
    }

    [Fact]
    public void Read_FinishedPlaylist_ListsSegmentsWithTheirTimes()
    {
        var timeline = Read("#EXTM3U\r\n#EXT-X-TARGETDURATION:6\r\n#EXT-X-MEDIA-SEQUENCE:7\r\n#EXTINF:6.006,a\r\n c.ts \r\n#EXTINF:5,\r\nsub/a.ts?x=1\r\n#EXTINF:1.5\r\n/b.ts#f\r\n#EXT-X-ENDLIST\r\n");
        Assert.Equal(3, timeline.Count);
        Assert.True(timeline.HasEnd);
        Assert.Equal(TimeSpan.FromSeconds(6), timeline.TargetDuration);
        Assert.Equal(TimeSpan.FromSeconds(12.506), timeline.Duration);
        Assert.Equal(0, timeline.StartIndex);
        Assert.Equal(
            new TimelineEntry
            {
                Kind = EntryKind.Segment,
                Address = At("sub/a.ts", "?x=1"),
                Sequence = 8,
                Start = TimeSpan.FromSeconds(6.006),
                Duration = TimeSpan.FromSeconds(5),
            },
            timeline[1]);
        Assert.Equal(new MediaAddress("origin", "/b.ts", ""), timeline[2].Address);
        Assert.Equal(TimeSpan.FromSeconds(1.5), timeline[2].Duration);
        Assert.Equal(-1, timeline.Next(2));
    }

    [Fact]
    public void TryFind_AddressOfASegment_GivesItsPlace()
    {
        var timeline = Read("#EXTM3U\n#EXTINF:4,\na b.ts\n#EXTINF:4,\na.ts\n#EXTINF:4,\na.ts?x\n#EXTINF:4,\nhttp://media.example.com/ü.ts\n#EXTINF:4,\na.ts\n#EXTINF:4,\n?only\n");
        Assert.True(timeline.TryFind(At("a%20b.ts"), null, out var index));
        Assert.Equal(0, index);
        Assert.True(timeline.TryFind(At("a.ts"), null, out index));
        Assert.Equal(1, index);
        Assert.True(timeline.TryFind(At("a.ts", "?x"), null, out index));
        Assert.Equal(2, index);
        Assert.True(timeline.TryFind(new MediaAddress("media", "/%C3%BC.ts", ""), new ByteRange(5, 7), out index));
        Assert.Equal(3, index);
        Assert.True(timeline.TryFind(At("media.m3u8", "?only"), null, out index));
        Assert.Equal(5, index);
        Assert.False(timeline.TryFind(At("c.ts"), null, out index));
        Assert.Equal(-1, index);
        Assert.False(timeline.TryFind(new MediaAddress("media", "/demo/v1/a.ts", ""), null, out _));
    }

    [Fact]
    public void ByteRanges_OmittedOffsets_ContinueTheSameResource()
    {
        var timeline = Read("#EXTM3U\n#EXT-X-MAP:URI=\"f.mp4\",BYTERANGE=\"50\"\n#EXTINF:4,\n#EXT-X-BYTERANGE:100@50\nf.mp4\n#EXT-X-BYTERANGE:10\n#EXTINF:4,\nf.mp4\n#EXT-X-BYTERANGE:20\n#EXTINF:4,\ng.mp4\n#EXTINF:4,\nh.mp4\n#EXT-X-BYTERANGE:5@1\n#EXTINF:4,\nf.mp4");
        Assert.Equal(
            [new(50, 100), new(150, 10), new(0, 20), null, new(1, 5)],
            Enumerable.Range(0, 5).Select(i => timeline[i].Range));
        Assert.Equal(new RangedAddress(At("f.mp4"), new ByteRange(0, 50)), timeline[1].Init);
        Assert.True(timeline.TryFind(At("f.mp4"), new ByteRange(150, 10), out var index));
        Assert.Equal(1, index);
        Assert.True(timeline.TryFind(At("f.mp4"), new ByteRange(155, 2), out index));
        Assert.Equal(1, index);
        Assert.True(timeline.TryFind(At("f.mp4"), new ByteRange(1, 5), out index));
        Assert.Equal(4, index);
        Assert.True(timeline.TryFind(At("f.mp4"), null, out index));
        Assert.Equal(0, index);
        Assert.False(timeline.TryFind(At("f.mp4"), new ByteRange(500, 5), out _));
        Assert.Equal(["Segment f.mp4bytes=150-159", "Segment g.mp4bytes=0-19"], Following(timeline, 0, 2));
    }

    [Fact]
    public void Following_NewMapAndKey_ComeBeforeTheirSegment()
    {
        var timeline = Read("#EXTM3U\n#EXT-X-MAP:URI=\"i1\"\n#EXTINF:4,\na\n#EXTINF:4,\nb\n#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI=\"i2\"\n#EXT-X-KEY:METHOD=AES-128,URI=\"k1\"\n#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"skd://x\",KEYFORMAT=\"com.apple.streamingkeydelivery\"\n#EXTINF:4,\nc\n#EXT-X-KEY:METHOD=NONE\n#EXTINF:4,\nd\n");
        Assert.Equal(["Segment b", "Init i2", "Key k1", "Segment c", "Segment d"], Following(timeline, 0, 9));
        Assert.Equal(["Segment b", "Init i2", "Key k1", "Segment c"], Following(timeline, 0, 2));
        Assert.Equal(["Init i2", "Key k1", "Segment c"], Following(timeline, 2, 1, inclusive: true));
        Assert.Equal([], Following(timeline, 3, 2));
        Assert.Equal(EntryFlags.Discontinuity, timeline[2].Flags);
        Assert.Null(timeline[3].Key);
        var next = new TimelineEntry[2];
        Assert.Equal(2, timeline.Following(1, 1, next));
    }

    [Fact]
    public void Following_GapsAndForeignSegments_AreSteppedOver()
    {
        var timeline = Read("#EXTM3U\n#EXTINF:4,\na\n#EXT-X-GAP\n#EXTINF:4,\nb\n#EXTINF:4,\nhttp://x.example/c\n#EXTINF:4,\nskd://c\n#EXTINF:4,\nd\n");
        Assert.Equal(["Segment d"], Following(timeline, 0, 3));
        Assert.Equal(EntryFlags.Gap, timeline[1].Flags);
        Assert.Equal(EntryFlags.Foreign, timeline[2].Flags);
        Assert.Equal(default, timeline[2].Address);
    }

    [Fact]
    public void Read_Parts_AreATrackOfTheirOwnThatEndsWithTheHint()
    {
        var timeline = Read("""
            #EXTM3U
            #EXT-X-TARGETDURATION:4
            #EXT-X-PART-INF:PART-TARGET=1.004
            #EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=3.0,HOLD-BACK=5
            #EXT-X-MEDIA-SEQUENCE:10
            #EXT-X-MAP:URI="i"
            #EXTINF:4,
            s10
            #EXT-X-PART:DURATION=2,URI="p11.0"
            #EXT-X-PART:DURATION=2,URI="p11.1",GAP=YES
            #EXTINF:4,
            s11
            #EXT-X-PART:DURATION=1,URI="p12",BYTERANGE="100@0"
            #EXT-X-PART:DURATION=1,URI="p12",BYTERANGE="50"
            #EXT-X-PRELOAD-HINT:TYPE=MAP,URI="later"
            #EXT-X-PRELOAD-HINT:TYPE=PART,URI="p12",BYTERANGE-START=150
            #EXT-X-RENDITION-REPORT:URI="../v2/m.m3u8",LAST-MSN=12
            """);
        Assert.Equal(7, timeline.Count);
        Assert.Equal(2, timeline.SegmentCount);
        Assert.Equal(TimeSpan.FromSeconds(1.004), timeline.PartTarget);
        Assert.Equal(TimeSpan.FromSeconds(8), timeline.Duration);
        Assert.Equal(0, timeline.StartIndex);
        Assert.Equal(-1, timeline.Next(1));
        Assert.True(timeline.TryFind(At("p11.0"), null, out var part));
        Assert.Equal(["Part p12bytes=0-99", "Part p12bytes=100-149", "Hint p12bytes=150-"], Following(timeline, part, 5));
        Assert.True(timeline.TryFind(At("p12"), new ByteRange(100, 50), out part));
        Assert.Equal(12, timeline[part].Sequence);
        Assert.Equal(TimeSpan.FromSeconds(9), timeline[part].Start);
        Assert.Equal(TimeSpan.FromSeconds(1), timeline[part].Duration);
        Assert.True(timeline.TryFind(At("p12"), new ByteRange(150, ByteRange.ToEnd), out part));
        Assert.Equal(EntryKind.Hint, timeline[part].Kind);
        Assert.Equal(-1, timeline.Next(part));
    }

    [Theory]
    [InlineData("", 2)]
    [InlineData("#EXT-X-SERVER-CONTROL:HOLD-BACK=9\n", 2)]
    [InlineData("#EXT-X-SERVER-CONTROL:HOLD-BACK=13\n", 1)]
    [InlineData("#EXT-X-START:TIME-OFFSET=4.5\n", 1)]
    [InlineData("#EXT-X-START:TIME-OFFSET=-1\n", 4)]
    [InlineData("#EXT-X-START:TIME-OFFSET=-100\n", 0)]
    [InlineData("#EXT-X-ENDLIST\n", 0)]
    public void StartIndex_LiveOrVod_FollowsStartTagEndAndHoldBack(string tag, int expected)
    {
        var playlist = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n" + tag + string.Concat(Enumerable.Range(0, 5).Select(i => $"#EXTINF:4,\ns{i}\n"));
        Assert.Equal(expected, Read(playlist).StartIndex);
    }

    [Fact]
    public void Read_EmptyPlaylist_HasNoEntries()
    {
        var timeline = Read("#EXTM3U\n");
        Assert.Equal(0, timeline.Count);
        Assert.Equal(-1, timeline.StartIndex);
        Assert.Equal(-1, timeline.IndexAt(TimeSpan.Zero));
        Assert.False(timeline.TryFind(At("a"), null, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => timeline[0]);
    }

    [Fact]
    public void PlaysAt_SeveralDates_FollowsTheLastDate()
    {
        var timeline = Read("#EXTM3U\n#EXTINF:4,\na\n#EXT-X-PROGRAM-DATE-TIME:2026-01-02T03:04:05.5+0100\n#EXTINF:4,\nb\n#EXTINF:4,\nc\n#EXT-X-PROGRAM-DATE-TIME:2026-01-02T02:04:13.505Z\n#EXTINF:4,\nd\n#EXT-X-DISCONTINUITY\n#EXTINF:4,\ne\n#EXT-X-PROGRAM-DATE-TIME:nonsense\n#EXTINF:4,\nf\n");
        Assert.Null(timeline[0].PlaysAt);
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 2, 4, 9, 500, TimeSpan.Zero), timeline[2].PlaysAt);
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 2, 4, 13, 500, TimeSpan.Zero), timeline[3].PlaysAt);
        Assert.Null(timeline[4].PlaysAt);
        Assert.Null(timeline[5].PlaysAt);
    }

    [Fact]
    public void Read_Variables_AreFilledIn()
    {
        var timeline = Read("#EXTM3U\n#EXT-X-DEFINE:NAME=\"v\",VALUE=\"x/y\"\n#EXT-X-MAP:URI=\"{$v}.mp4\"\n#EXTINF:4,\n{$v}.ts\n");
        Assert.True(timeline.TryFind(At("x/y.ts"), null, out var index));
        Assert.Equal(new RangedAddress(At("x/y.mp4"), null), timeline[index].Init);
    }

    [Fact]
    public void Read_SkippedSegments_CountIntoTheSequence() =>
        Assert.Equal(15, Read("#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:10\n#EXT-X-SKIP:SKIPPED-SEGMENTS=5\n#EXTINF:4,\na\n")[0].Sequence);

    [Fact]
    public void Read_HundredThousandSegments_StaysSmallAndFindsThem()
    {
        var playlist = new StringBuilder("#EXTM3U\n#EXT-X-TARGETDURATION:2\n");
        for (var i = 0; i < 100_000; i++) playlist.Append("#EXTINF:2.002,\nseg_").Append(i).Append(".m4s\n");
        var bytes = Encoding.UTF8.GetBytes(playlist.ToString());
        var before = GC.GetAllocatedBytesForCurrentThread();
        var timeline = HlsTimeline.Read(bytes, Base, Variables());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 100_000 * 120);
        Assert.InRange(timeline.SizeBytes, 1, 100_000 * 40);
        Assert.Equal(TimeSpan.FromSeconds(200_200), timeline.Duration);
        for (var i = 0; i < 100_000; i += 997)
        {
            Assert.True(timeline.TryFind(At($"seg_{i}.m4s"), null, out var index));
            Assert.Equal(i, index);
            Assert.Equal(i, timeline.IndexAt(timeline[i].Start + TimeSpan.FromSeconds(1)));
        }
    }

    [Fact]
    public void Read_MultivariantPlaylist_ListsVariantsAndRenditions()
    {
        var ladder = HlsLadderReader.Read(
            Encoding.UTF8.GetBytes("""
                #EXTM3U
                #EXT-X-DEFINE:NAME="d",VALUE="low"
                #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="aac",NAME="English, really",LANGUAGE="en",DEFAULT=YES,URI="a/en.m3u8"
                #EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="cc",NAME="CC",INSTREAM-ID="CC1"
                #EXT-X-STREAM-INF:BANDWIDTH=2000,AVERAGE-BANDWIDTH=1500,CODECS="avc1.4d401f,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=29.970,AUDIO="aac"
                # a comment
                {$d}/v.m3u8
                #EXT-X-STREAM-INF:BANDWIDTH=64,CODECS="mp4a.40.5",PATHWAY-ID="B",STABLE-VARIANT-ID="x"
                https://x.example/a.m3u8
                #EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=100,URI="i.m3u8"
                """),
            Base,
            Variables());
        Assert.Equal(
            [
                new Variant
                {
                    Bandwidth = 2000, AverageBandwidth = 1500, Codecs = "avc1.4d401f,mp4a.40.2", Width = 1280, Height = 720,
                    FrameRate = 29.97, AudioGroup = "aac", Address = At("low/v.m3u8"),
                },
                new Variant { Bandwidth = 64, Codecs = "mp4a.40.5", Pathway = "B", Id = "x", AudioOnly = true },
                new Variant { Bandwidth = 100, TrickPlay = true, Address = At("i.m3u8") },
            ],
            ladder.Variants);
        Assert.Equal(
            [
                new Rendition { Kind = RenditionKind.Audio, Group = "aac", Name = "English, really", Language = "en", IsDefault = true, Address = At("a/en.m3u8") },
                new Rendition { Kind = RenditionKind.ClosedCaptions, Group = "cc", Name = "CC" },
            ],
            ladder.Renditions);
    }

    [Theory]
    [InlineData("2026-01-02T03:04:05", 0)]
    [InlineData("2026-01-02T03:04:05.", 0)]
    [InlineData("2026-01-02T03:04:05.5", 5_000_000)]
    [InlineData("2026-01-02T03:04:05,123456789", 1_234_567)]
    [InlineData("2026-01-02T04:04:05.5+01", 5_000_000)]
    [InlineData("2026-01-02T02:34:05.5-00:30", 5_000_000)]
    public void Date_WithOrWithoutFractionAndZone_IsRead(string text, long ticks) =>
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddTicks(ticks), HlsNumbers.Date(Encoding.UTF8.GetBytes(text)));
}

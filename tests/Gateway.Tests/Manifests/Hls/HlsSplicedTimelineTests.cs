using System.Globalization;
using System.Text;
using Gateway.Manifests;
using Gateway.Manifests.Hls;
using Gateway.Media;
using Gateway.Timelines;
using static Gateway.Tests.Manifests.Hls.HlsRewriting;

namespace Gateway.Tests.Manifests.Hls;

/// <summary>A stream whose every version is read in full and, beside it, from delta updates alone: both timelines have to say the same.</summary>
public sealed class HlsSplicedTimelineTests
{
    private const int MaxBytes = 1 << 22;

    private static readonly ReferenceBase Base = new(HlsRewriting.Upstreams, "origin", new Uri(Upstream));
    private static readonly DateTimeOffset Day = new(2026, 5, 1, 20, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1, 60)]
    [InlineData(2, 60)]
    [InlineData(3, int.MaxValue)]
    [InlineData(4, int.MaxValue)]
    [InlineData(5, 9)]
    public void Updates_OfARandomStream_SayWhatTheWholePlaylistSays(int seed, int window)
    {
        for (var stream = 0; stream < 12; stream++)
        {
            var random = new Random((seed * 1000) + stream);
            var model = new Model(random);
            for (var i = 0; i < 10; i++) model.Add();
            MediaTimeline known = Read(model.Write(0, 0));
            var last = model.Count;
            for (var version = 0; version < 80; version++)
            {
                for (var more = random.Next(0, 4); more > 0; more--) model.Add();
                var first = Math.Max(0, model.Count - window);

                // What the update leaves out, the version before has to have listed.
                var skipped = random.Next(Math.Max(0, Math.Min(last, model.Count - 6) - first) + 1);
                model.IsEnded = version == 79;
                var whole = Read(model.Write(first, 0));
                var delta = Read(model.Write(first, skipped));
                known = skipped == 0 ? whole : HlsDelta.Restore(known, delta, MaxBytes)!;
                if (version % 7 == 0 || version == 79) AssertSame(whole, known, random);
                last = model.Count;
            }
        }
    }

    [Fact]
    public void Updates_OfALongStream_KeepFewRunsAndLittleBesideThem()
    {
        var model = new Model(null);
        for (var i = 0; i < 12; i++) model.Add();
        MediaTimeline known = Read(model.Write(0, 0));
        for (var i = 12; i < 20_000; i++)
        {
            model.Add();
            known = HlsDelta.Restore(known, Read(model.Write(0, i - 6)), MaxBytes)!;
        }

        var spliced = Assert.IsType<HlsSplicedTimeline>(known);
        Assert.Equal(20_000, spliced.Count);
        Assert.InRange(spliced.Runs.Length, 2, 24);
        var whole = Read(model.Write(0, 0));
        Assert.InRange(spliced.SizeBytes, 1, (whole.SizeBytes + whole.Playlist.Length) * 5 / 4);
        AssertSame(whole, known, new Random(1));
    }

    [Fact]
    public void Update_OfAPlaylistElsewhere_ResolvesWhatItLeavesOutThere()
    {
        var model = new Model(null);
        for (var i = 0; i < 12; i++) model.Add();
        var delta = HlsTimeline.Read(model.Write(0, 5), new ReferenceBase(HlsRewriting.Upstreams, "origin", new Uri("http://o.example:9090/demo/other/media.m3u8")), Variables());
        var moved = HlsDelta.Restore(Read(model.Write(0, 0)), delta, MaxBytes);
        Assert.Equal(["/demo/other/s0.mp4", "/demo/other/s11.mp4"], new[] { moved![0].Address.Path, moved[11].Address.Path });
    }

    [Fact]
    public void Update_WithVariables_GivesThemToWhatItLeavesOut()
    {
        const string Body = "#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-TARGETDURATION:4\n#EXT-X-DEFINE:NAME=\"t\",VALUE=\"1\"\n#EXT-X-MEDIA-SEQUENCE:0\n";
        var delta = Body.Replace("VALUE=\"1\"", "VALUE=\"2\"", StringComparison.Ordinal) + "#EXT-X-SKIP:SKIPPED-SEGMENTS=1\n#EXTINF:4,\nb{$t}.ts\n";
        var restored = HlsDelta.Restore(Read(Encoding.UTF8.GetBytes(Body + "#EXTINF:4,\na{$t}.ts\n")), Read(Encoding.UTF8.GetBytes(delta)), MaxBytes);
        Assert.Equal(["a2.ts", "b2.ts"], Enumerable.Range(0, restored!.Count).Select(i => Path.GetFileName(restored[i].Address.Path)));
    }

    [Theory]
    [InlineData(MaxBytes, true)]
    [InlineData(300, false)]
    public void Update_OfARestoredVersion_IsBoundedAsTheFirst(int limit, bool isRestored)
    {
        var model = new Model(null);
        for (var i = 0; i < 12; i++) model.Add();
        var known = HlsDelta.Restore(Read(model.Write(0, 0)), Read(model.Write(0, 5)), MaxBytes);
        Assert.Equal(isRestored, HlsDelta.Restore(known, Read(model.Write(0, 6)), limit) is not null);

        // It no longer has what an older version had, and does not yet have what a later one will.
        var later = HlsDelta.Restore(known, Read(model.Write(4, 3)), MaxBytes);
        Assert.Null(HlsDelta.Restore(later, Read(model.Write(3, 4)), MaxBytes));
        for (var i = 0; i < 3; i++) model.Add();
        Assert.Null(HlsDelta.Restore(later, Read(model.Write(4, 9)), MaxBytes));
    }

    private static void AssertSame(HlsTimeline whole, MediaTimeline restored, Random random)
    {
        Assert.Equal((whole.Count, whole.Duration, whole.StartIndex, whole.HasEnd, whole.TargetDuration, whole.PartTarget), (restored.Count, restored.Duration, restored.StartIndex, restored.HasEnd, restored.TargetDuration, restored.PartTarget));
        for (var i = 0; i < whole.Count; i++)
        {
            Assert.Equal(whole[i], restored[i]);
            Assert.Equal(whole.Next(i), restored.Next(i));
            var range = whole[i].Range;
            AssertFinds(whole, restored, whole[i].Address, range);
            AssertFinds(whole, restored, whole[i].Address, null);
            if (range is { } bytes) AssertFinds(whole, restored, whole[i].Address, new ByteRange(bytes.Offset + 3, 5));
        }

        AssertFinds(whole, restored, new MediaAddress("origin", "/demo/v1/nowhere.mp4", ""), null);
        for (var i = 0; i < 40; i++)
        {
            var at = TimeSpan.FromTicks(random.NextInt64(-10_000_000, whole.Duration.Ticks + 20_000_000));
            Assert.Equal(whole.IndexAt(at), restored.IndexAt(at));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => restored[whole.Count]);
    }

    private static void AssertFinds(HlsTimeline whole, MediaTimeline restored, MediaAddress address, ByteRange? range) =>
        Assert.Equal((whole.TryFind(address, range, out var expected), expected), (restored.TryFind(address, range, out var found), found));

    private static HlsTimeline Read(byte[] playlist) => HlsTimeline.Read(playlist, Base, Variables());

    /// <summary>What an origin knows of its stream; without a source of chance, one of plain segments.</summary>
    private sealed class Model(Random? random)
    {
        private readonly List<Segment> _segments = [];

        public int Count => _segments.Count;

        public bool IsEnded { get; set; }

        public void Add()
        {
            var last = _segments.Count > 0 ? _segments[^1] : new Segment("i0.mp4", null, null, "", Day, false, "", 0);
            var next = last with { Name = $"s{_segments.Count}.mp4", Tags = "", Range = null, IsClockTold = _segments.Count == 0, Milliseconds = 4000, Clock = last.Clock?.AddMilliseconds(last.Milliseconds) };
            if (random is not null) next = Vary(next, last);
            _segments.Add(next);
        }

        public byte[] Write(int first, int skipped)
        {
            var text = new StringBuilder("#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-TARGETDURATION:5\n#EXT-X-SERVER-CONTROL:CAN-SKIP-UNTIL=30,HOLD-BACK=15\n#EXT-X-PART-INF:PART-TARGET=1\n");
            text.Append(CultureInfo.InvariantCulture, $"#EXT-X-MEDIA-SEQUENCE:{first}\n");
            if (skipped > 0) text.Append(CultureInfo.InvariantCulture, $"#EXT-X-SKIP:SKIPPED-SEGMENTS={skipped}\n");
            for (var i = first + skipped; i < _segments.Count; i++)
            {
                var (segment, before) = (_segments[i], i > first ? _segments[i - 1] : null);
                text.Append(segment.Tags);
                if (segment.Map != before?.Map) text.Append(CultureInfo.InvariantCulture, $"#EXT-X-MAP:URI=\"{segment.Map}\"\n");
                if (segment.Key != before?.Key) text.Append(segment.Key is null ? "#EXT-X-KEY:METHOD=NONE\n" : $"#EXT-X-KEY:METHOD=AES-128,URI=\"{segment.Key}\"\n");
                if (segment.Clock is { } clock && (segment.IsClockTold || before is null)) text.Append(CultureInfo.InvariantCulture, $"#EXT-X-PROGRAM-DATE-TIME:{clock.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}\n");
                var follows = segment.Range is { } own && before?.Range is { } other && before.Name == segment.Name && other.End == own.Offset;
                if (segment.Range is { } range) text.Append(CultureInfo.InvariantCulture, $"#EXT-X-BYTERANGE:{range.Length}").Append(follows ? "" : $"@{range.Offset}").Append('\n');
                text.Append(CultureInfo.InvariantCulture, $"#EXTINF:{segment.Milliseconds / 1000.0:0.000},\n{segment.Name}\n");
            }

            if (IsEnded) text.Append("#EXT-X-ENDLIST\n");
            else if (random is not null) text.Append(CultureInfo.InvariantCulture, $"#EXT-X-PART:DURATION=1,URI=\"p{_segments.Count}.0.mp4\"\n#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"p{_segments.Count}.1.mp4\"\n");
            return Encoding.UTF8.GetBytes(text.ToString());
        }

        private Segment Vary(Segment next, Segment last)
        {
            next = next with { Milliseconds = random!.Next(0, 10) == 0 ? 0 : random.Next(1, 5000) };
            if (random.Next(8) == 0) next = next with { Map = $"i{random.Next(3)}.mp4" };
            if (random.Next(8) == 0) next = next with { Key = random.Next(3) == 0 ? null : $"k{random.Next(4)}" };
            if (random.Next(10) == 0) next = next with { Tags = "#EXT-X-DISCONTINUITY\n", Clock = null };
            if (random.Next(12) == 0) next = next with { Tags = next.Tags + "#EXT-X-GAP\n" };
            if (random.Next(12) == 0) next = next with { Clock = Day.AddSeconds(random.Next(100_000)), IsClockTold = true };
            return random.Next(6) switch
            {
                // A repeated address, a run of sub-ranges of one resource, and one that begins anew.
                0 => next with { Name = $"s{random.Next(_segments.Count + 1)}.mp4" },
                1 or 2 when last.Range is { } range => next with { Name = last.Name, Range = new ByteRange(range.End, random.Next(10, 90)) },
                3 => next with { Name = $"r{random.Next(4)}.mp4", Range = new ByteRange(random.Next(1000), random.Next(10, 90)) },
                _ => next,
            };
        }

        private sealed record Segment(string Map, string? Key, ByteRange? Range, string Tags, DateTimeOffset? Clock, bool IsClockTold, string Name, int Milliseconds);
    }
}

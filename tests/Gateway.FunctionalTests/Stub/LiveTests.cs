using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Gateway.Testing;

namespace Gateway.FunctionalTests.Stub;

public sealed partial class LiveTests(StubHost stub) : IClassFixture<StubHost>
{
    private static readonly TimeSpan s_segment = TimeSpan.FromSeconds(2);
    private static readonly DateTimeOffset s_epoch = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("demo-live/v480")]
    [InlineData("demo-live/a64")]
    [InlineData("demo-ts-live/v180")]
    public async Task Playlist_OverMoreThanALoop_SlidesAndNeverChangesWhatASegmentIs(string rendition)
    {
        var known = new Dictionary<long, (string Name, string Time, int Discontinuity)>();
        long? before = null;
        for (var step = 0; step < 20; step++, stub.Clock.Advance(s_segment))
        {
            var window = await ReadAsync($"/{rendition}/index.m3u8");

            Assert.Equal(8, window.Count);
            if (before is { } last) Assert.Equal(last + 1, window[0].Number);
            before = window[0].Number;
            foreach (var s in window)
            {
                var told = (s.Name, s.Time, s.Discontinuity);
                if (known.TryGetValue(s.Number, out var earlier)) Assert.Equal(earlier, told);
                known[s.Number] = told;
            }
        }

        // 27 segments were seen, so at least one break; each stands where the loop of 16 starts again.
        Assert.All(known, s => Assert.Equal(s.Key / 16, s.Value.Discontinuity));
        Assert.InRange(known.Values.Select(s => s.Discontinuity).Distinct().Count(), 2, 3);
        Assert.All(known, s => Assert.Equal(s_epoch + (s_segment * s.Key), DateTimeOffset.Parse(s.Value.Time, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task Renditions_AtOneMoment_ShowTheSameWindow()
    {
        var video = await ReadAsync("/demo-live/v720/index.m3u8");
        foreach (var other in new[] { "v480", "v360", "a64" })
        {
            Assert.Equal(video, await ReadAsync($"/demo-live/{other}/index.m3u8"));
        }
    }

    [Fact]
    public async Task Segment_OverItsLife_Is404Then200Then410()
    {
        var next = (await ReadAsync("/demo-live/v360/index.m3u8"))[^1].Number + 1;
        var path = $"/demo-live/v360/seg_{next:D5}.m4s";

        using var early = await stub.Client.GetAsync(path);
        stub.Clock.Advance(s_segment);
        using var present = await stub.Client.GetAsync(path);
        stub.Clock.Advance(s_segment * 20);
        using var late = await stub.Client.GetAsync(path);

        Assert.Equal([HttpStatusCode.NotFound, HttpStatusCode.OK, HttpStatusCode.Gone], [early.StatusCode, present.StatusCode, late.StatusCode]);
        Assert.True(early.Headers.CacheControl?.NoStore);
        Assert.Equal(TimeSpan.FromHours(1), present.Headers.CacheControl?.MaxAge);
    }

    [Theory]
    [InlineData("seg_1.m4s")]
    [InlineData("seg_.m4s")]
    [InlineData("seg_-0001.m4s")]
    [InlineData("seg_99999999999999999999.m4s")]
    [InlineData("seg_+0001.m4s")]
    [InlineData("other.m4s")]
    public async Task Name_ThatIsNoSegment_Is404(string name)
    {
        using var answer = await stub.Client.GetAsync($"/demo-live/v360/{name}");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Playlist_UntilTheNextSegment_IsNotModified()
    {
        using var first = await stub.Client.GetAsync("/demo-live/v360/index.m3u8");
        Assert.Equal(TimeSpan.FromSeconds(1), first.Headers.CacheControl?.MaxAge);

        async Task<HttpStatusCode> AgainAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/demo-live/v360/index.m3u8") { Headers = { IfNoneMatch = { first.Headers.ETag! } } };
            using var answer = await stub.Client.SendAsync(request);
            return answer.StatusCode;
        }

        Assert.Equal(HttpStatusCode.NotModified, await AgainAsync());
        stub.Clock.Advance(s_segment);
        Assert.Equal(HttpStatusCode.OK, await AgainAsync());
    }

    [Fact]
    public async Task Manifest_WithTheStubsClock_LeadsToTheNewestSegmentAndNoFurther()
    {
        XNamespace dash = "urn:mpeg:dash:schema:mpd:2011";
        var mpd = XElement.Parse(await stub.Client.GetStringAsync("/demo-live/manifest.mpd"));
        var timing = mpd.Element(dash + "UTCTiming")!.Attribute("value")!.Value;
        var now = DateTimeOffset.Parse(await stub.Client.GetStringAsync($"/demo-live/{timing}"), CultureInfo.InvariantCulture);
        var since = now - (DateTimeOffset)mpd.Attribute("availabilityStartTime")!;

        Assert.Equal("dynamic", mpd.Attribute("type")!.Value);
        foreach (var (id, scale) in new[] { ("v720", 90000L), ("a64", 48000L) })
        {
            var template = mpd.Descendants(dash + "Representation").Single(r => r.Attribute("id")!.Value == id).Parent!.Element(dash + "SegmentTemplate")!;
            var duration = (long)template.Attribute("duration")!;
            Assert.Equal(scale, (long)template.Attribute("timescale")!);
            var newest = (long)template.Attribute("startNumber")! + ((long)(since.TotalSeconds * scale) / duration) - 1;

            var bytes = await stub.Client.GetByteArrayAsync($"/demo-live/{id}/seg_{newest:D5}.m4s");
            using var beyond = await stub.Client.GetAsync($"/demo-live/{id}/seg_{newest + 1:D5}.m4s");

            Assert.Equal(HttpStatusCode.NotFound, beyond.StatusCode);
            // Audio frames do not end on even seconds: a segment may start less than one frame (1024 ticks) after its nominal time.
            Assert.InRange(FragmentTimes.FirstDecodeTime(bytes) - (newest * duration), 0, id == "a64" ? 1023 : 0);
        }
    }

    [Theory]
    [InlineData("v360", 3600, 8 * 50)]
    [InlineData("a64", 1024, 8 * 48000 * 2 / 1024)]
    public async Task Segments_OverALoopPoint_PlayAsOneStream(string rendition, int ticksPerFrame, int frames)
    {
        var window = await WindowWithABreakInTheMiddleAsync();
        var stream = new MemoryStream();
        stream.Write(await stub.Client.GetByteArrayAsync($"/demo-live/{rendition}/init.mp4"));
        foreach (var segment in window) stream.Write(await stub.Client.GetByteArrayAsync($"/demo-live/{rendition}/{segment.Name}"));

        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.mp4");
        try
        {
            await File.WriteAllBytesAsync(file, stream.ToArray());
            // One line per packet: stream, dts, pts, duration, size, checksum. Copied timestamps, so that a gap would show.
            var lines = (await Ffmpeg.RunAsync("-copyts", "-i", file, "-c", "copy", "-copyts", "-enc_time_base", "-1", "-f", "framecrc", "-"))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => l[0] != '#').Select(l => l.Split(',')).ToList();
            var times = lines.ConvertAll(l => long.Parse(l[1], CultureInfo.InvariantCulture));
            await Ffmpeg.RunAsync("-i", file, "-f", "null", "-");

            Assert.Equal(frames, times.Count);
            Assert.All(times.Zip(times.Skip(1)), pair => Assert.Equal(ticksPerFrame, pair.Second - pair.First));
        }
        finally
        {
            File.Delete(file);
        }

        var numbers = window.Select(s => s.Number).ToList();
        Assert.Contains(numbers[4], numbers.Where(n => n % 16 == 0));
    }

    private async Task<List<Seen>> WindowWithABreakInTheMiddleAsync()
    {
        for (var tries = 0; tries < 16; tries++, stub.Clock.Advance(s_segment))
        {
            var window = await ReadAsync("/demo-live/v360/index.m3u8");
            if (window[4].Number % 16 == 0) return window;
        }

        throw new InvalidOperationException("Sixteen steps pass every position of the loop.");
    }

    /// <summary>Reads a playlist as RFC 8216bis tells a client to: numbers and discontinuity numbers by counting.</summary>
    private async Task<List<Seen>> ReadAsync(string path)
    {
        var text = await stub.Client.GetStringAsync(path);
        var number = long.Parse(Head("MEDIA-SEQUENCE"), CultureInfo.InvariantCulture);
        var discontinuity = int.Parse(Head("DISCONTINUITY-SEQUENCE"), CultureInfo.InvariantCulture);
        var seen = new List<Seen>();
        var time = "";
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line == "#EXT-X-DISCONTINUITY") discontinuity++;
            else if (line.StartsWith("#EXT-X-PROGRAM-DATE-TIME:", StringComparison.Ordinal)) time = line[25..];
            else if (line[0] != '#') seen.Add(new Seen(number++, line, time, discontinuity));
        }

        Assert.All(seen, s => Assert.Contains(s.Number.ToString(CultureInfo.InvariantCulture), s.Name, StringComparison.Ordinal));
        return seen;

        string Head(string tag) => HeadTag().Matches(text).Single(m => m.Groups["tag"].Value == tag).Groups["value"].Value;
    }

    [GeneratedRegex("#EXT-X-(?<tag>[A-Z-]+-SEQUENCE):(?<value>\\d+)")]
    private static partial Regex HeadTag();

    private sealed record Seen(long Number, string Name, string Time, int Discontinuity);
}

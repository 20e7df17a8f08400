using System.Text;
using Gateway.Manifests.Dash.Presentation;
using Gateway.Manifests.Timeline;
using Gateway.Origin;
using static Gateway.Tests.Manifests.Dash.DashBench;

namespace Gateway.Tests.Manifests.Dash.Presentation;

public sealed class DashReaderTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Template_NumberAndDuration_CountsToTheEndOfThePeriodAndNoFurther()
    {
        var timeline = Single(
            "mediaPresentationDuration=\"PT9.5S\"",
            "<Representation id=\"v\" bandwidth=\"1000\"><SegmentTemplate timescale=\"1000\" duration=\"2000\" startNumber=\"5\" "
            + "initialization=\"$RepresentationID$/init.mp4\" media=\"$RepresentationID$/$Bandwidth$_$Number%05d$.m4s\"/></Representation>");
        Assert.Equal(5, timeline.Count);
        Assert.True(timeline.HasEnd);
        Assert.Equal(0, timeline.StartIndex);
        var last = timeline[4];
        Assert.Equal(new MediaAddress("origin", "/titles/demo/v/1000_00009.m4s", ""), last.Address);
        Assert.Equal(TimeSpan.FromSeconds(8), last.Start);
        Assert.Equal(TimeSpan.FromSeconds(1.5), last.Duration);
        Assert.Equal("/titles/demo/v/init.mp4", last.Init!.Value.Address.Path);
        Assert.Equal(9, last.Sequence);
        Assert.Null(last.AvailableAt);
        Assert.Equal(-1, timeline.Next(4));
        Assert.Equal(TimeSpan.FromSeconds(9.5), timeline.Duration);
        var next = new TimelineEntry[9];
        Assert.True(timeline.TryFind(timeline[1].Address, null, out var index));
        Assert.Equal(3, timeline.Following(index, 3, next));
        Assert.Equal(["/titles/demo/v/1000_00007.m4s", "/titles/demo/v/1000_00008.m4s", "/titles/demo/v/1000_00009.m4s"], next[..3].Select(e => e.Address.Path));
    }

    [Theory]
    [InlineData("/titles/demo/v/1000_4.m4s")]
    [InlineData("/titles/demo/v/1000_00004.m4s")]
    [InlineData("/titles/demo/v/1000_00010.m4s")]
    [InlineData("/titles/demo/v/1000_000005.m4s")]
    [InlineData("/titles/demo/v/1000_00005.m4")]
    [InlineData("/titles/demo/v/1000_00005.m4s.x")]
    [InlineData("/titles/demo/v/1000_.m4s")]
    [InlineData("/titles/demo/v/1000_99999999999999999999.m4s")]
    public void Template_AddressItDidNotMake_IsNotFound(string path)
    {
        var timeline = Single(
            "mediaPresentationDuration=\"PT10S\"",
            "<Representation id=\"v\" bandwidth=\"1000\"><SegmentTemplate duration=\"2\" startNumber=\"5\" "
            + "media=\"$RepresentationID$/$Bandwidth$_$Number%05d$.m4s\"/></Representation>");
        Assert.False(timeline.TryFind(new MediaAddress("origin", path, ""), null, out _));
    }

    [Theory]
    [InlineData("PT10S", "duration=\"2\"", 5)]
    [InlineData("PT10.0005S", "duration=\"2\"", 5)]
    [InlineData("PT10.1S", "duration=\"2\"", 6)]
    [InlineData("PT10S", "duration=\"2\" endNumber=\"3\"", 3)]
    [InlineData("PT10S", "duration=\"2\" endNumber=\"30\"", 5)]
    [InlineData("PT10S", "duration=\"2\" eptDelta=\"-1\"", 6)]
    [InlineData("PT10S", "duration=\"0\"", 0)]
    [InlineData("P1Y2M3DT4H5M6.5S", "duration=\"1000000\"", 37)]
    public void Template_CountOfSegments(string length, string attributes, int expected)
    {
        var presentation = Read($"mediaPresentationDuration=\"{length}\"", $"<Representation><SegmentTemplate media=\"$Number$\" {attributes}/></Representation>");
        Assert.Equal(expected, presentation.Timelines.Sum(t => t.Count));
    }

    [Fact]
    public void Template_TimeWithoutTimeline_CountsInMultiplesOfTheDuration()
    {
        var timeline = Single("mediaPresentationDuration=\"PT10S\"", "<Representation><SegmentTemplate timescale=\"10\" duration=\"20\" media=\"t$Time$\"/></Representation>");
        Assert.Equal(["t0", "t20", "t40", "t60", "t80"], Names(timeline));
        Assert.True(timeline.TryFind(timeline[3].Address, null, out var index));
        Assert.Equal(3, index);
        Assert.False(timeline.TryFind(new MediaAddress("origin", "/titles/demo/t41", ""), null, out _));
    }

    [Theory]
    [InlineData("a$Number$0.m4s")]
    [InlineData("$Number$0_$Time$")]
    [InlineData("$Number%03d$$Time$")]
    [InlineData("x")]
    public void Template_DigitsBehindItsHoles_AreReadBack(string media)
    {
        var timeline = Single("mediaPresentationDuration=\"PT40S\"", $"<Representation><SegmentTemplate duration=\"2\" media=\"{media}\"/></Representation>");
        Assert.True(timeline.TryFind(timeline[11].Address, null, out var index));
        Assert.Equal(timeline[11].Address, timeline[index].Address);
    }

    [Fact]
    public void Timeline_RunsGapsAndOpenRepetition_AreExpanded()
    {
        var timeline = Single(
            "mediaPresentationDuration=\"PT30S\"",
            "<SegmentTemplate timescale=\"10\" presentationTimeOffset=\"100\" media=\"$Time$\"><SegmentTimeline>"
            + "<S t=\"100\" d=\"20\" r=\"1\"/><S d=\"30\"/><S t=\"200\" d=\"40\" r=\"-1\"/><S t=\"320\" d=\"50\" r=\"-1\"/></SegmentTimeline></SegmentTemplate><Representation/>");
        Assert.Equal(["100", "120", "140", "200", "240", "280", "320", "370"], Names(timeline));
        Assert.Equal(
            [EntryFlags.None, EntryFlags.None, EntryFlags.None, EntryFlags.Discontinuity, EntryFlags.None, EntryFlags.None, EntryFlags.None, EntryFlags.None],
            Enumerable.Range(0, 8).Select(i => timeline[i].Flags));
        Assert.Equal(TimeSpan.FromSeconds(10), timeline[3].Start);
        Assert.Equal(3, timeline.IndexAt(TimeSpan.FromSeconds(13.9)));
        Assert.Equal(2, timeline.IndexAt(TimeSpan.FromSeconds(8)));
        Assert.Equal(0, timeline.IndexAt(TimeSpan.FromSeconds(-1)));
        Assert.Equal(7, timeline.IndexAt(TimeSpan.FromSeconds(1000)));
        for (var i = 0; i < timeline.Count; i++)
        {
            Assert.True(timeline.TryFind(timeline[i].Address, null, out var found));
            Assert.Equal(i, found);
        }
    }

    [Fact]
    public void Timeline_WithNumbers_GoesOnCounting()
    {
        var timeline = Single(
            "mediaPresentationDuration=\"PT100S\"",
            "<SegmentTemplate startNumber=\"7\" media=\"n$Number$\"><SegmentTimeline><S d=\"2\" r=\"2\"/><S d=\"3\"/></SegmentTimeline></SegmentTemplate><Representation/>");
        Assert.Equal(["n7", "n8", "n9", "n10"], Names(timeline));
        Assert.True(timeline.TryFind(new MediaAddress("origin", "/titles/demo/n9", ""), null, out var index));
        Assert.Equal(2, index);
    }

    [Theory]
    [InlineData("<S t=\"0\" d=\"2\" r=\"2\"/>", 0)]
    [InlineData("", -1)]
    public void Timeline_TemplateWithoutAHole_IsFoundWhereItBegins(string listed, int expected)
    {
        var timeline = Single(
            "mediaPresentationDuration=\"PT100S\"",
            $"<SegmentTemplate media=\"all.m4s\"><SegmentTimeline>{listed}</SegmentTimeline></SegmentTemplate><Representation/>");
        Assert.Equal(expected >= 0, timeline.TryFind(new MediaAddress("origin", "/titles/demo/all.m4s", ""), null, out var index));
        Assert.Equal(expected, index);
    }

    [Fact]
    public void Timeline_SubNumbers_AreSegmentsOfTheirOwn()
    {
        var timeline = Single(
            "mediaPresentationDuration=\"PT100S\"",
            "<SegmentTemplate media=\"$Time$_$SubNumber$\"><SegmentTimeline><S t=\"0\" d=\"4\" r=\"1\" k=\"2\"/></SegmentTimeline></SegmentTemplate><Representation/>");
        Assert.Equal(["0_1", "0_2", "4_1", "4_2"], Names(timeline));
    }

    [Fact]
    public void Timeline_SegmentsThatBeginBehindThePeriod_AreLeftOut()
    {
        var timeline = Single(
            "mediaPresentationDuration=\"PT5S\"",
            "<SegmentTemplate media=\"$Time$\"><SegmentTimeline><S t=\"0\" d=\"2\" r=\"100\"/><S d=\"2\"/></SegmentTimeline></SegmentTemplate><Representation/>");
        Assert.Equal(["0", "2", "4"], Names(timeline));
    }

    [Fact]
    public void Timeline_StepsBackAndOverlaps_LeaveTimesAscending()
    {
        var timeline = Single(
            "mediaPresentationDuration=\"PT100S\"",
            "<SegmentTemplate media=\"$Time$\"><SegmentTimeline><S t=\"10\" d=\"4\" r=\"3\"/><S t=\"19\" d=\"4\"/><S t=\"3\" d=\"4\"/><S d=\"5\"/></SegmentTimeline></SegmentTemplate><Representation/>");
        Assert.Equal(["10", "14", "18", "19", "23"], Names(timeline));
    }

    [Fact]
    public void List_WithRangesAndInitialization_IsFoundByRange()
    {
        var timeline = Single(
            "mediaPresentationDuration=\"PT6S\"",
            "<Representation><BaseURL>v.mp4</BaseURL><SegmentList duration=\"2\"><Initialization range=\"0-99\"/>"
            + "<SegmentURL mediaRange=\"100-199\"/><SegmentURL mediaRange=\"200-299\"/><SegmentURL media=\"other&amp;x.mp4?a=1&amp;b=2\"/></SegmentList></Representation>");
        Assert.Equal(3, timeline.Count);
        var file = new MediaAddress("origin", "/titles/demo/v.mp4", "");
        Assert.Equal(new RangedAddress(file, new ByteRange(0, 100)), timeline[0].Init);
        Assert.Equal(new ByteRange(200, 100), timeline[1].Range);
        Assert.Equal(new MediaAddress("origin", "/titles/demo/other&x.mp4", "?a=1&b=2"), timeline[2].Address);
        Assert.True(timeline.TryFind(file, new ByteRange(250, 10), out var index));
        Assert.Equal(1, index);
        Assert.True(timeline.TryFind(file, null, out index));
        Assert.Equal(0, index);
        Assert.True(timeline.TryFind(timeline[2].Address, null, out index));
        Assert.Equal(2, index);
        Assert.False(timeline.TryFind(file, new ByteRange(300, 1), out _));
    }

    [Fact]
    public void List_WithTimeline_TakesItsTimes()
    {
        var timeline = Single(
            "mediaPresentationDuration=\"PT60S\"",
            "<SegmentList timescale=\"10\"><SegmentTimeline><S t=\"0\" d=\"15\"/><S d=\"25\"/></SegmentTimeline><SegmentURL media=\"a\"/><SegmentURL media=\"b\"/></SegmentList><Representation/>");
        Assert.Equal([TimeSpan.Zero, TimeSpan.FromSeconds(1.5)], Enumerable.Range(0, 2).Select(i => timeline[i].Start));
    }

    [Fact]
    public void SegmentBase_ListsNothingUntilItsIndexIsRead()
    {
        var presentation = Read(
            "mediaPresentationDuration=\"PT60S\"",
            "<Representation><BaseURL>v.mp4</BaseURL><SegmentBase indexRange=\"100-199\" timescale=\"1000\" presentationTimeOffset=\"500\"><Initialization range=\"0-99\"/></SegmentBase></Representation>");
        var representation = Assert.Single(presentation.Representations);
        Assert.Equal(0, Assert.Single(presentation.Timelines).Count);
        Assert.Equal(new RangedAddress(new MediaAddress("origin", "/titles/demo/v.mp4", ""), new ByteRange(100, 100)), representation.Index);
        Assert.False(representation.TryReadIndex("no index"u8, out _));
        Assert.True(representation.TryReadIndex(SegmentIndexTests.Sidx(timescale: 10, start: 5, first: 7, (1000, 20), (2000, 40)), out var timeline));
        Assert.Equal(2, timeline.Count);
        Assert.Equal(new ByteRange(100 + 56 + 7, 1000), timeline[0].Range);
        Assert.Equal(new ByteRange(100 + 56 + 7 + 1000, 2000), timeline[1].Range);
        Assert.Equal(TimeSpan.Zero, timeline[0].Start);
        Assert.Equal(TimeSpan.FromSeconds(2), timeline[1].Start);
        Assert.Equal(new ByteRange(0, 100), timeline[1].Init!.Value.Range);
    }

    [Fact]
    public void WholeFile_IsOneSegment()
    {
        var timeline = Single("mediaPresentationDuration=\"PT60S\"", "<Representation mimeType=\"text/vtt\"><BaseURL>en.vtt</BaseURL></Representation>");
        Assert.Equal(["en.vtt"], Names(timeline));
        Assert.Equal(TimeSpan.FromMinutes(1), timeline[0].Duration);
    }

    [Fact]
    public void Inheritance_LowestLevelWinsAttributeByAttribute()
    {
        var presentation = Read(
            "mediaPresentationDuration=\"PT8S\"",
            "<SegmentTemplate timescale=\"10\" initialization=\"i$RepresentationID$\" duration=\"40\"/><Representation id=\"a\"><SegmentTemplate duration=\"20\"/></Representation><Representation id=\"b\"/>",
            "<SegmentTemplate media=\"$RepresentationID$-$Number$\" startNumber=\"3\" timescale=\"99\"/>");
        Assert.Equal(["a-3", "a-4", "a-5", "a-6"], Names(presentation.Timelines[0]));
        Assert.Equal(["b-3", "b-4"], Names(presentation.Timelines[1]));
        Assert.Equal("/titles/demo/ib", presentation.Timelines[1][0].Init!.Value.Address.Path);
    }

    [Fact]
    public void Bases_ChainOverLevels_FirstAlternativeCounts()
    {
        var document = "<MPD mediaPresentationDuration=\"PT2S\"><BaseURL>https://cdn.example:8443/base/</BaseURL><BaseURL>http://elsewhere.example/</BaseURL><Period><BaseURL> p/ </BaseURL>"
            + "<AdaptationSet><BaseURL><![CDATA[../s/]]></BaseURL><Representation><BaseURL>r/x</BaseURL><SegmentTemplate duration=\"2\" media=\"$Number$.m4s?q=$Time$\"/></Representation></AdaptationSet></Period></MPD>";
        var timeline = Assert.Single(Read(document).Timelines);
        Assert.Equal(new MediaAddress("cdn", "/s/r/1.m4s", "?q=0"), timeline[0].Address);
        Assert.True(timeline.TryFind(timeline[0].Address, null, out _));
    }

    [Fact]
    public void ForeignBase_EntriesAreForeignAndSteppedOver()
    {
        var timeline = Single("mediaPresentationDuration=\"PT8S\"", "<BaseURL>http://elsewhere.example/</BaseURL><Representation><SegmentTemplate duration=\"2\" media=\"$Number$\"/></Representation>");
        Assert.Equal(4, timeline.Count);
        Assert.Equal(EntryFlags.Foreign, timeline[0].Flags);
        Assert.Equal(0, timeline.StartingAt(0, 4, new TimelineEntry[12]));
    }

    [Fact]
    public void Periods_FollowEachOther_WithTheRepresentationThatResemblesMost()
    {
        var document = "<MPD><Period duration=\"PT4S\">" + Set("video", "v1:100 v2:200") + Set("audio", "a:50")
            + "</Period><Period duration=\"PT2S\"><BaseURL>ad/</BaseURL>" + Set("audio", "x:64") + Set("video", "low:90 high:300") + "</Period><Period duration=\"PT2S\">"
            + Set("video", "v1:100 v2:200") + "</Period></MPD>";
        var presentation = Read(document);
        Assert.Equal(3, presentation.Timelines.Length);
        Assert.Equal(["v1/1", "v1/2", "low/1", "v1/1"], Names(presentation.Timelines[0]));
        Assert.Equal(["v2/1", "v2/2", "high/1", "v2/1"], Names(presentation.Timelines[1]));
        Assert.Equal(["a/1", "a/2", "x/1"], Names(presentation.Timelines[2]));
        var video = presentation.Timelines[0];
        Assert.Equal("/titles/demo/ad/low/1", video[2].Address.Path);
        Assert.Equal(EntryFlags.Discontinuity, video[2].Flags);
        Assert.Equal([0.0, 2, 4, 6], Enumerable.Range(0, 4).Select(i => video[i].Start.TotalSeconds));
        Assert.Equal(2, video.IndexAt(TimeSpan.FromSeconds(5)));
        Assert.Equal(3, video.IndexAt(TimeSpan.FromSeconds(7)));

        static string Set(string type, string representations) => $"<AdaptationSet contentType=\"{type}\"><SegmentTemplate duration=\"2\" media=\"$RepresentationID$/$Number$\"/>"
            + string.Concat(representations.Split(' ').Select(r => r.Split(':')).Select(r => $"<Representation id=\"{r[0]}\" bandwidth=\"{r[1]}\"/>")) + "</AdaptationSet>";
    }

    [Fact]
    public void Live_NumbersSinceTheEpoch_WindowAndAvailability()
    {
        var timeline = Single(
            "type=\"dynamic\" availabilityStartTime=\"1970-01-01T00:00:00Z\" timeShiftBufferDepth=\"PT1M\" minimumUpdatePeriod=\"PT10S\" suggestedPresentationDelay=\"PT6S\"",
            "<SegmentTemplate duration=\"2\" startNumber=\"0\" availabilityTimeOffset=\"0.5\" media=\"$Number$.m4s\"/><Representation/>",
            period: "start=\"PT0S\"");
        var seconds = Now.ToUnixTimeSeconds();
        Assert.False(timeline.HasEnd);
        Assert.Equal((seconds - 60) / 2 - 1, timeline[0].Sequence);
        var edge = timeline.IndexAt(TimeSpan.FromSeconds(seconds));
        Assert.Equal(seconds / 2, timeline[edge].Sequence);
        Assert.Null(timeline[edge - 1].AvailableAt);
        Assert.Equal(Now.AddSeconds(1.5), timeline[edge].AvailableAt);
        Assert.Equal(Now.AddSeconds(3.5), timeline[edge + 1].AvailableAt);
        Assert.Equal(Now, timeline[edge].PlaysAt);
        Assert.Equal(edge - 3, timeline.StartIndex);
        Assert.True(timeline.TryFind(timeline[edge].Address, null, out var found));
        Assert.Equal(edge, found);
    }

    [Fact]
    public void Live_OffsetInf_IsThereAtOnce()
    {
        var timeline = Single(
            "type=\"dynamic\" availabilityStartTime=\"2026-01-01T11:59:00Z\"",
            "<BaseURL availabilityTimeOffset=\"INF\">x/</BaseURL><SegmentTemplate duration=\"2\" media=\"$Number$.m4s\"/><Representation/>",
            period: "start=\"PT0S\"");
        Assert.All(Enumerable.Range(0, 100), i => Assert.Null(timeline[i].AvailableAt));
    }

    [Fact]
    public void Live_ListedTimeline_IsThereAsListed_OpenRepetitionInItsTime()
    {
        var timeline = Single(
            "type=\"dynamic\" availabilityStartTime=\"2026-01-01T11:59:00Z\"",
            "<SegmentTemplate media=\"$Time$\"><SegmentTimeline><S t=\"0\" d=\"40\" r=\"1\"/><S d=\"2\" r=\"-1\"/></SegmentTimeline></SegmentTemplate><Representation/>",
            period: "start=\"PT0S\"");
        Assert.Null(timeline[1].AvailableAt);
        Assert.Equal(Now.AddSeconds(22), timeline[2].AvailableAt);
        Assert.False(timeline.HasEnd);
    }

    [Fact]
    public void Live_StartOfTimeline_KeepsItsDistanceToTheEdge()
    {
        var timeline = Single(
            "type=\"dynamic\" availabilityStartTime=\"2026-01-01T11:00:00Z\"",
            "<SegmentTemplate media=\"$Time$\"><SegmentTimeline><S t=\"0\" d=\"2\" r=\"99\"/></SegmentTimeline></SegmentTemplate><Representation/>",
            period: "start=\"PT0S\"");
        Assert.Equal(97, timeline.StartIndex);
    }

    [Fact]
    public void Live_PeriodWithoutStart_IsNotThereYet()
    {
        const string Set = "<AdaptationSet><SegmentTemplate duration=\"2\" media=\"$Number$\"/><Representation/></AdaptationSet>";
        var presentation = Read($"<MPD type=\"dynamic\" availabilityStartTime=\"2026-01-01T00:00:00Z\"><Period start=\"PT0S\">{Set}</Period><Period>{Set}</Period></MPD>");
        Assert.Single(presentation.Representations);
    }

    [Fact]
    public void Presentation_TellsWhatAdaptationAsks()
    {
        var presentation = Read(
            "type=\"dynamic\" availabilityStartTime=\"2026-01-01T00:00:00Z\" publishTime=\"2026-01-01T01:00:00+01:00\" minimumUpdatePeriod=\"PT4S\" timeShiftBufferDepth=\"PT30S\"",
            "<Representation id=\"v\" bandwidth=\"1000\" width=\"640\" height=\"360\" frameRate=\"30000/1001\" codecs=\"avc1.4d401e\" mimeType=\"video/mp4\"><SegmentTemplate duration=\"2\" media=\"$Number$\"/></Representation>"
            + "</AdaptationSet><AdaptationSet id=\"7\" mimeType=\"audio/mp4\" lang=\"de\"><Representation id=\"a\" bandwidth=\"64\"><SegmentTemplate duration=\"2\" media=\"$Number$\"/></Representation>"
            + "</AdaptationSet><AdaptationSet mimeType=\"video/mp4\"><EssentialProperty schemeIdUri=\"http://dashif.org/guidelines/trickmode\" value=\"1\"/><Representation id=\"t\" bandwidth=\"64\"><SegmentTemplate duration=\"2\" media=\"$Number$\"/></Representation>",
            period: "start=\"PT0S\"");
        Assert.Equal(TimeSpan.FromSeconds(2), presentation.Lifetime);
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), presentation.PublishTime);
        var variant = presentation.Ladder.Variants[0];
        Assert.Equal(("v", 1000, 640, 360, "avc1.4d401e", "audio"), (variant.Id, variant.Bandwidth, variant.Width, variant.Height, variant.Codecs, variant.AudioGroup));
        Assert.Equal(29.97, variant.FrameRate!.Value, 0.01);
        Assert.True(presentation.Ladder.Variants[1].TrickPlay);
        var rendition = Assert.Single(presentation.Ladder.Renditions);
        Assert.Equal((RenditionKind.Audio, "audio", "7", "de"), (rendition.Kind, rendition.Group, rendition.Name, rendition.Language));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html/>")]
    [InlineData("<MPD>")]
    [InlineData("<MPD></mpd>")]
    [InlineData("<Patch/>")]
    [InlineData("<!DOCTYPE MPD [<!ENTITY a \"b\">]><MPD/>")]
    public void NoCompleteMpd_IsNoPresentation(string document) =>
        Assert.Null(DashReader.Read(Encoding.UTF8.GetBytes(document), DashBench.Upstreams, "origin", new Uri(Upstream), Now));

    [Theory]
    [InlineData("PT1H2M3.5S", 3723.5)]
    [InlineData("P1DT1S", 86401.0)]
    [InlineData(" PT0.04S ", 0.04)]
    [InlineData("-PT1S", -1.0)]
    [InlineData("PT", null)]
    [InlineData("1S", null)]
    [InlineData("PT1X", null)]
    [InlineData("PTS", null)]
    [InlineData("PT1.2.3S", null)]
    [InlineData("PT99999999999999999999S", null)]
    [InlineData(null, null)]
    public void Duration_Spellings(string? text, double? seconds) => Assert.Equal(seconds, MediaClock.ParseDuration(text)?.TotalSeconds);

    [Fact]
    public void HundredThousandSegments_CostBytesPerElementNotPerSegment()
    {
        var steps = new StringBuilder();
        for (var i = 0; i < 100_000; i++) steps.Append(i % 2 == 0 ? "<S d=\"2\"/>" : "<S d=\"3\" r=\"1\"/>");
        var presentation = Read(
            "mediaPresentationDuration=\"P10D\"",
            $"<SegmentTemplate media=\"$RepresentationID$/$Time$\"><SegmentTimeline>{steps}</SegmentTimeline></SegmentTemplate><Representation id=\"a\"/><Representation id=\"b\"/><Representation id=\"c\"/>");
        Assert.Equal(150_000, presentation.Timelines[2].Count);
        Assert.True(presentation.Timelines[2].TryFind(new MediaAddress("origin", "/titles/demo/c/399992", ""), null, out var index));
        Assert.Equal(149_997, index);
        var tracks = presentation.Timelines.SelectMany(t => t.Tracks).Cast<RunsTrack>().Select(t => t.Runs).Distinct();
        Assert.InRange(Assert.Single(tracks).Bytes, 1, 4_000_000);
    }

    private static string[] Names(MediaTimeline timeline) => [.. Enumerable.Range(0, timeline.Count).Select(i => timeline[i].Address.Path.Replace("/titles/demo/", "", StringComparison.Ordinal).Replace("ad/", "", StringComparison.Ordinal))];

    private static DashTimeline Single(string mpd, string set, string period = "") => Assert.Single(Read(mpd, set, "", period).Timelines);

    private static DashPresentation Read(string mpd, string set, string inPeriod = "", string period = "") =>
        Read($"<MPD {mpd}><Period {period}>{inPeriod}<AdaptationSet>{set}</AdaptationSet></Period></MPD>");

    private static DashPresentation Read(string document)
    {
        var presentation = DashReader.Read(Encoding.UTF8.GetBytes(document), DashBench.Upstreams, "origin", new Uri(Upstream), Now);
        Assert.NotNull(presentation);
        return presentation;
    }
}

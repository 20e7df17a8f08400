using System.Text;
using Gateway.Manifests.Dash.Presentation;
using Gateway.Media;
using Gateway.Timelines;
using static Gateway.Tests.Manifests.Dash.DashBench;
using static Gateway.Tests.Manifests.Dash.Presentation.Presentations;

namespace Gateway.Tests.Manifests.Dash.Presentation;

public sealed class DashReaderTests
{
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
    public void Inheritance_SeveralLevels_LowestWinsAttributeByAttribute()
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
    public void Read_ForeignBase_EntriesAreForeignAndSkipped()
    {
        var timeline = Single("mediaPresentationDuration=\"PT8S\"", "<BaseURL>http://elsewhere.example/</BaseURL><Representation><SegmentTemplate duration=\"2\" media=\"$Number$\"/></Representation>");
        Assert.Equal(4, timeline.Count);
        Assert.Equal(EntryFlags.Foreign, timeline[0].Flags);
        Assert.Equal(0, timeline.StartingAt(0, 4, new TimelineEntry[12]));
    }

    [Fact]
    public void Read_LiveMpd_TellsWhatAdaptationNeeds()
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
    public void Read_IncompleteMpd_IsNull(string document) =>
        Assert.Null(DashReader.Read(Encoding.UTF8.GetBytes(document), DashBench.Upstreams, "origin", new Uri(Upstream), Now));

    [Fact]
    public void Periods_LongerThanTheCalendar_AreCutAndNeverOverflow()
    {
        const string Period = "<Period duration=\"P200Y\"><AdaptationSet><SegmentTemplate media=\"$Number$\" duration=\"1000000\"/><Representation id=\"v\"/></AdaptationSet></Period>";
        var presentation = Read($"<MPD>{string.Concat(Enumerable.Repeat(Period, 300))}</MPD>");
        Assert.Equal(300, presentation.Representations.Length);
    }
}

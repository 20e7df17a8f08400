using System.Text;
using Gateway.Manifests.Dash.Presentation;
using Gateway.Media;
using Gateway.Timelines;
using static Gateway.Tests.Manifests.Dash.Presentation.Presentations;

namespace Gateway.Tests.Manifests.Dash.Presentation;

public sealed class SegmentTemplateTests
{
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

    [Fact]
    public void Template_BaseWithNeedlessEscapes_KeepsTheirSpelling()
    {
        var timeline = Single(
            "mediaPresentationDuration=\"PT4S\"",
            "<BaseURL>%7Euser/%41/../x/</BaseURL><Representation id=\"v\" bandwidth=\"1000\"><SegmentTemplate duration=\"2\" media=\"$Number$%7E.m4s\"/></Representation>");
        Assert.Equal("/titles/demo/%7Euser/x/1%7E.m4s", timeline[0].Address.Path);
    }

    [Fact]
    public void Template_NumberBesideTime_IsNeverReadAsAnotherSegment()
    {
        var timeline = Single(
            "mediaPresentationDuration=\"PT90S\"",
            "<Representation id=\"v\" bandwidth=\"1000\"><SegmentTemplate timescale=\"44100\" media=\"$Number$$Time$.m4s\">"
            + "<SegmentTimeline><S t=\"0\" d=\"263177\"/><S d=\"264192\" r=\"13\"/></SegmentTimeline></SegmentTemplate></Representation>");
        for (var i = 0; i < timeline.Count; i++)
        {
            if (timeline.TryFind(timeline[i].Address, null, out var found)) Assert.Equal(i, found);
        }
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
    public void Template_DurationAndLength_GiveTheCountOfSegments(string length, string attributes, int expected)
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

    [Theory]
    [InlineData("/titles/demo/2_2", true)]
    [InlineData("/titles/demo/1_2", false)]
    public void Template_VariableTwice_HasOneValue(string path, bool isThere)
    {
        var timeline = Single("mediaPresentationDuration=\"PT40S\"", "<Representation><SegmentTemplate duration=\"2\" media=\"$Number$_$Number$\"/></Representation>");
        Assert.Equal(isThere, timeline.TryFind(new MediaAddress("origin", path, ""), null, out _));
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
    public void Read_HundredThousandSegments_CostBytesPerElementNotPerSegment()
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
}

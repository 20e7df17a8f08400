using System.Text;
using Gateway.Manifests.Dash.Presentation;
using static Gateway.Tests.Manifests.Dash.Presentation.Presentations;

namespace Gateway.Tests.Manifests.Dash.Presentation;

public sealed class MpdPatchTests
{
    private const string Mpd =
        "<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" id=\"m\" type=\"dynamic\" publishTime=\"2026-01-01T11:59:00Z\" availabilityStartTime=\"2026-01-01T11:00:00Z\" minimumUpdatePeriod=\"PT2S\">"
        + "<PatchLocation ttl=\"60\">p.mpp</PatchLocation><Period id=\"a/b\" start=\"PT0S\"><AdaptationSet id=\"1\" contentType=\"audio\"/><AdaptationSet id=\"2\" contentType=\"video\">"
        + "<SegmentTemplate media=\"$Time$.m4s\"><SegmentTimeline><S t=\"0\" d=\"2\" r=\"1\"/></SegmentTimeline></SegmentTemplate><Representation id=\"v\"/></AdaptationSet></Period></MPD>";

    private const string Times = "/MPD/Period[@id='a/b']/AdaptationSet[@id=\"2\"]/SegmentTemplate/SegmentTimeline";

    [Theory]
    [InlineData("<add sel=\"{0}\"><S t=\"4\" d=\"3\"/><S d=\"1\"/></add>", "0 2 4 7")]
    [InlineData("<add sel=\"{0}/S[1]\" pos=\"after\"><S d=\"3\"/></add>", "0 2 4")]
    [InlineData("<add sel=\"{0}/S[1]\" pos=\"before\"><S t=\"0\" d=\"1\"/></add><replace sel=\"{0}/S[2]/@t\">1</replace>", "0 1 3")]
    [InlineData("<replace sel=\"{0}/S[@t='0']/@r\">3</replace>", "0 2 4 6")]
    [InlineData("<remove sel=\"{0}/S[1]/@r\"/>", "0")]
    [InlineData("<replace sel=\"{0}/S\"><S t=\"6\" d=\"2\"/></replace>", "6")]
    [InlineData("<add sel=\"{0}/S[1]\" type=\"@k\">2</add><remove sel=\"/MPD/Period/AdaptationSet[1]\"/>", "0 2")]
    [InlineData("<remove sel=\"{0}/S\"/><add sel=\"{0}\" pos=\"prepend\"><S t=\"9\" d=\"1\"/></add>", "9")]
    public void Apply_Operations_ChangeTheTimeline(string operations, string times)
    {
        var patched = Apply(operations.Replace("{0}", Times, StringComparison.Ordinal).Replace("\"2\"]", "'2']", StringComparison.Ordinal));
        Assert.NotNull(patched);
        Assert.Equal(times, string.Join(' ', Names(Assert.Single(Read(Encoding.UTF8.GetString(patched)).Timelines)).Select(n => n.Replace(".m4s", "", StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData("<remove sel=\"/MPD/Period[3]\"/>")]
    [InlineData("<remove sel=\"/MPD\"/>")]
    [InlineData("<remove sel=\"Period\"/>")]
    [InlineData("<remove sel=\"\"/>")]
    [InlineData("<remove sel=\"/MPD/Period[@id\"/>")]
    [InlineData("<add sel=\"/MPD\" type=\"@a b\">x</add>")]
    [InlineData("<add sel=\"/MPD\" pos=\"after\"><x/></add>")]
    [InlineData("<move sel=\"/MPD\"/>")]
    public void Operation_ThatCannotBeDone_LeavesThePatchUnapplied(string operations) => Assert.Null(Apply(operations));

    [Theory]
    [InlineData("mpdId=\"other\" originalPublishTime=\"2026-01-01T11:59:00Z\"")]
    [InlineData("mpdId=\"m\" originalPublishTime=\"2026-01-01T11:58:00Z\"")]
    [InlineData("mpdId=\"m\"")]
    public void Apply_PatchForAnotherMpd_IsRefused(string attributes) =>
        Assert.Null(MpdPatch.Apply(Encoding.UTF8.GetBytes(Mpd), Encoding.UTF8.GetBytes($"<Patch xmlns=\"urn:mpeg:dash:schema:mpd-patch:2020\" {attributes}/>"), 1 << 20));

    [Fact]
    public void Apply_ManyOperationsOnALongMpd_IsGivenUp()
    {
        var times = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"<S t='{i}' d='1'/>"));
        var mpd = Mpd.Replace("<S t=\"0\" d=\"2\" r=\"1\"/>", times, StringComparison.Ordinal);
        var operations = string.Concat(Enumerable.Repeat($"<replace sel=\"{Times.Replace('"', '\'')}/S[20000]/@d\">1</replace>", 4000));
        Assert.Null(MpdPatch.Apply(Encoding.UTF8.GetBytes(mpd), Patch(operations), 1 << 24));
    }

    [Fact]
    public void Read_MpdWithPatchLocation_KnowsItsAddress() => Assert.Equal("/titles/demo/p.mpp", Assert.Single(Read(Mpd).PatchLocations).Path);

    private static byte[]? Apply(string operations) => MpdPatch.Apply(Encoding.UTF8.GetBytes(Mpd), Patch(operations), 1 << 20);

    private static byte[] Patch(string operations) => Encoding.UTF8.GetBytes(
        $"<Patch xmlns=\"urn:mpeg:dash:schema:mpd-patch:2020\" mpdId=\"m\" originalPublishTime=\"2026-01-01T11:59:00.000Z\" publishTime=\"2026-01-01T11:59:02Z\">{operations}</Patch>");
}

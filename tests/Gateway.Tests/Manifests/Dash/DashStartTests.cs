using System.Buffers;
using System.Text;
using System.Xml.Linq;
using Gateway.Manifests.Dash;

namespace Gateway.Tests.Manifests.Dash;

public sealed class DashStartTests
{
    private const string Mpd = "<?xml version=\"1.0\"?>\n<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\"><!-- <Period> --><BaseURL>x/</BaseURL><Period id=\"1\"/></MPD>";

    [Fact]
    public void Mpd_WithAnExpectedRate_TellsItBeforeThePeriods()
    {
        var written = Apply(Mpd, 2500, 4000)!;
        var description = XDocument.Parse(written).Root!.Elements().ElementAt(1);
        Assert.Equal("ServiceDescription", description.Name.LocalName);
        var bandwidth = description.Elements().First();
        Assert.Equal(("2500000", "4000000", "video"), (bandwidth.Attribute("target")!.Value, bandwidth.Attribute("max")!.Value, bandwidth.Attribute("mediaType")!.Value));
        Assert.Equal("CMCDParameters", description.Elements().Last().Elements().Single().Name.LocalName);
    }

    [Fact]
    public void Mpd_WithoutOne_StillSwitchesReportsOn() => Assert.DoesNotContain("OperatingBandwidth", Apply(Mpd, 0, 0)!, StringComparison.Ordinal);

    [Theory]
    [InlineData("<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\"><ServiceDescription/><Period/></MPD>")]
    [InlineData("<d:MPD xmlns:d=\"urn:mpeg:dash:schema:mpd:2011\"><d:Period/></d:MPD>")]
    [InlineData("<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\"></MPD>")]
    [InlineData("<Patch xmlns=\"urn:mpeg:dash:schema:mpd-patch:2020\"/>")]
    [InlineData("no xml")]
    public void Document_OfAnotherKind_StaysAsItIs(string document) => Assert.Null(Apply(document, 2500, 0));

    private static string? Apply(string mpd, int target, int max)
    {
        var output = new ArrayBufferWriter<byte>();
        return DashStart.TryApply(Encoding.UTF8.GetBytes(mpd), target, max, output) ? Encoding.UTF8.GetString(output.WrittenSpan) : null;
    }
}

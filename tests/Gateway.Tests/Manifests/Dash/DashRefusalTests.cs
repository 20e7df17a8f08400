using System.Text;
using Gateway.Manifests.Dash;
using static Gateway.Tests.Manifests.Dash.DashBench;

namespace Gateway.Tests.Manifests.Dash;

public sealed class DashRefusalTests
{
    [Theory]
    [InlineData("", nameof(DashOutcome.NotAnMpd))]
    [InlineData(" \r\n", nameof(DashOutcome.NotAnMpd))]
    [InlineData("MPD", nameof(DashOutcome.NotAnMpd))]
    [InlineData("oops <MPD/>", nameof(DashOutcome.NotAnMpd))]
    [InlineData("<!DOCTYPE html><html><body><MPD/></body></html>", nameof(DashOutcome.NotAnMpd))]
    [InlineData("<html>", nameof(DashOutcome.NotAnMpd))]
    [InlineData("<x:MPD/>", nameof(DashOutcome.NotAnMpd))]
    [InlineData("<", nameof(DashOutcome.NotAnMpd))]
    [InlineData("<?xml version=\"1.0\"?>", nameof(DashOutcome.NotAnMpd))]
    [InlineData("<MPD>", nameof(DashOutcome.Truncated))]
    [InlineData("<MPD><Period></MPD", nameof(DashOutcome.Truncated))]
    [InlineData("<MPD><Period a=\"></MPD>", nameof(DashOutcome.Truncated))]
    [InlineData("<MPD><!-- </MPD>", nameof(DashOutcome.Truncated))]
    [InlineData("<MPD><![CDATA[ </MPD>", nameof(DashOutcome.Truncated))]
    [InlineData("<MPD><? </MPD>", nameof(DashOutcome.Truncated))]
    [InlineData("<MPD><Period <BaseURL>x</BaseURL></Period></MPD>", nameof(DashOutcome.NotWellFormed))]
    [InlineData("<MPD><!ELEMENT x></MPD>", nameof(DashOutcome.NotWellFormed))]
    [InlineData("<MPD><BaseURL>http://media.test/a<<?b?></BaseURL><Period/></MPD>", nameof(DashOutcome.NotWellFormed))]
    [InlineData("<MPD><BaseURL>a < b/</BaseURL><Period/></MPD>", nameof(DashOutcome.NotWellFormed))]
    [InlineData("<!DOCTYPE MPD [<!ENTITY a \"http://origin.example/\">]><MPD/>", nameof(DashOutcome.DoctypeRefused))]
    [InlineData("<!DOCTYPE MPD [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><MPD><BaseURL>&b;</BaseURL></MPD>", nameof(DashOutcome.DoctypeRefused))]
    [InlineData("<!DOCTYPE MPD SYSTEM \"file:///etc/passwd\"><MPD/>", nameof(DashOutcome.DoctypeRefused))]
    [InlineData("<!DOCTYPE MPD PUBLIC \"x\" \"http://elsewhere.example/\"><MPD/>", nameof(DashOutcome.DoctypeRefused))]
    [InlineData("<MPD></Period></x></></MPD>", nameof(DashOutcome.Unchanged))]
    [InlineData("<MPD><Period><Title></Period></MPD>", nameof(DashOutcome.Unchanged))]
    [InlineData("<MPD>&undefined; < & <Period a=b c>]]></Period></MPD>trailing", nameof(DashOutcome.Unchanged))]
    public void Rewrite_RefusedDocument_HasItsNamedOutcome(string document, string expected) => Assert.Equal(expected, Outcome(document).ToString());

    [Fact]
    public void Nesting_AtTheLimitPasses_OneMoreDoesNot()
    {
        Assert.Equal(DashOutcome.Unchanged, Outcome(Nested(DashLimits.Depth - 1)));
        Assert.Equal(DashOutcome.TooDeep, Outcome(Nested(DashLimits.Depth)));

        static string Nested(int depth) => "<MPD>" + string.Concat(Enumerable.Repeat("<a>", depth)) + string.Concat(Enumerable.Repeat("</a>", depth)) + "</MPD>";
    }

    [Fact]
    public void Rewrite_TagsAttributesAndNamespaces_AreLimited()
    {
        Assert.Equal(DashOutcome.AttributeTooLong, Outcome("<MPD><Period a=\"" + new string('x', DashLimits.TagLength) + "\"/></MPD>"));
        Assert.Equal(DashOutcome.AttributeTooLong, Outcome("<MPD><Period " + Times("a='' ", DashLimits.Attributes + 1) + "/></MPD>"));
        Assert.Equal(DashOutcome.TooManyNamespaces, Outcome("<MPD><Period " + Times("xmlns:a='' ", DashLimits.Namespaces + 1) + "/></MPD>"));
        Assert.Equal(DashOutcome.Unchanged, Outcome("<MPD>" + Times("<Period xmlns:a='' xmlns:b=''/>", 1000) + "</MPD>"));
    }

    [Theory]
    [InlineData(new byte[] { (byte)'<', (byte)'M', (byte)'P', (byte)'D', (byte)'>', 0xC3, (byte)'<', (byte)'/', (byte)'M', (byte)'P', (byte)'D', (byte)'>' })]
    [InlineData(new byte[] { 0xFF, 0xFE, (byte)'<', 0, 0x00, 0xD8, (byte)'>', 0 })]
    [InlineData(new byte[] { 0xFF, 0xFE, (byte)'<', 0, (byte)'M' })]
    [InlineData(new byte[] { 0xFF, 0xFE, 0, 0, (byte)'<', 0, 0, 0 })]
    [InlineData(new byte[] { 0, 0, 0xFE, 0xFF, 0, 0, 0, (byte)'<' })]
    [InlineData(new byte[] { (byte)'<', 0, (byte)'I', 0, (byte)'e' })]
    public void Bytes_ThatAreNoText_AreRefused(byte[] document)
    {
        Assert.Equal(DashOutcome.InvalidEncoding, Rewrite(document, Map(mirrored: true), out _));
        Assert.Null(DashFollower.Walk(document));
    }

    [Theory]
    [InlineData("utf-16", false)]
    [InlineData("utf-16", true)]
    [InlineData("utf-16BE", false)]
    [InlineData("utf-16BE", true)]
    public void Rewrite_Utf16_KeepsItsEncodingAndEveryOtherByte(string name, bool mark)
    {
        var encoding = new UnicodeEncoding(name == "utf-16BE", mark);
        const string Document = "<?xml version=\"1.0\" encoding=\"utf-16\"?>\r\n<MPD><!-- ü \U0001F600 --><BaseURL>{0}</BaseURL></MPD>";
        byte[] before = [.. encoding.GetPreamble(), .. encoding.GetBytes(Document.Replace("{0}", "http://origin.example/ü/", StringComparison.Ordinal))];
        byte[] after = [.. encoding.GetPreamble(), .. encoding.GetBytes(Document.Replace("{0}", "http://gw.example/api/v1/playback/TICKET/origin/ü/", StringComparison.Ordinal))];
        Assert.Equal(DashOutcome.Rewritten, Rewrite(before, Map(mirrored: true), out var output));
        Assert.Equal(after, output);
        Assert.NotNull(DashFollower.Walk(before));
    }

    [Fact]
    public void Rewrite_SingleByteEncoding_IsKeptByteForByte()
    {
        var before = Encoding.Latin1.GetBytes("<?xml version='1.0' encoding='ISO-8859-1'?><MPD><Title>\u00fc</Title><BaseURL>http://origin.example/\u00fc/&#233;/</BaseURL></MPD>");
        Assert.Equal(DashOutcome.Rewritten, Rewrite(before, Map(mirrored: true), out var output));
        Assert.Equal(
            "<?xml version='1.0' encoding='ISO-8859-1'?><MPD><Title>\u00fc</Title><BaseURL>http://gw.example/api/v1/playback/TICKET/origin/\u00fc/%C3%A9/</BaseURL></MPD>",
            Encoding.Latin1.GetString(output));
    }

    /// <summary>4 MiB each. Anything worse than linear would not come back within hours.</summary>
    [Theory]
    [InlineData("", "<a ", "")]
    [InlineData("<MPD>", "<a ", "")]
    [InlineData("<MPD>", "<a>", "")]
    [InlineData("<MPD>", "<a/>", "</MPD>")]
    [InlineData("<MPD>", "</a>", "</MPD>")]
    [InlineData("<MPD>", "<", "</MPD>")]
    [InlineData("<MPD>", "<a></a>", "</MPD>")]
    [InlineData("<MPD>", "<a></b>", "</MPD>")]
    [InlineData("<MPD>", "<a b='>'/>", "</MPD>")]
    [InlineData("<MPD><Period ", "a=\"b\" ", "/></MPD>")]
    [InlineData("<MPD><Period ", "a='", "/></MPD>")]
    [InlineData("<MPD><Period ", "=", "/></MPD>")]
    [InlineData("<MPD>", "<Period xmlns:a='b'/>", "</MPD>")]
    [InlineData("<MPD><BaseURL>", "&amp;", "</BaseURL></MPD>")]
    [InlineData("<MPD><BaseURL>", "&", "</BaseURL></MPD>")]
    [InlineData("<MPD><BaseURL>", "a/../", "</BaseURL></MPD>")]
    [InlineData("<MPD><BaseURL>", "<!---->", "</BaseURL></MPD>")]
    [InlineData("<MPD><BaseURL>", "<![CDATA[a]]>", "</BaseURL></MPD>")]
    [InlineData("<MPD><BaseURL>", "<![CDATA[", "</BaseURL></MPD>")]
    [InlineData("<MPD><BaseURL>", "<!--", "</BaseURL></MPD>")]
    [InlineData("<MPD>", "<BaseURL>a</BaseURL>", "</MPD>")]
    [InlineData("<MPD>", "<BaseURL>/a</BaseURL>", "</MPD>")]
    [InlineData("<MPD>", "<BaseURL><x/></BaseURL>", "</MPD>")]
    [InlineData("<MPD>", "<Period><BaseURL>a/</BaseURL></Period>", "</MPD>")]
    [InlineData("<MPD><Period><AdaptationSet><SegmentList>", "<SegmentURL media='../../../a'/>", "</SegmentList></AdaptationSet></Period></MPD>")]
    [InlineData("<MPD><Period><AdaptationSet><SegmentList>", "<SegmentURL media='/a'/>", "</SegmentList><Representation/></AdaptationSet></Period></MPD>")]
    [InlineData("<MPD><Period><AdaptationSet>", "<SegmentTemplate media='$Number$'/><Representation/>", "</AdaptationSet></Period></MPD>")]
    [InlineData("<MPD><Period><AdaptationSet><SegmentTemplate media='$Time$'><SegmentTimeline>", "<S d='1'/><S d='2'/>", "</SegmentTimeline></SegmentTemplate><Representation/></AdaptationSet></Period></MPD>")]
    [InlineData("<MPD><UTCTiming schemeIdUri='urn:mpeg:dash:utc:http-iso:2014' value='/a'/>", "<UTCTiming schemeIdUri='urn:mpeg:dash:utc:http-iso:2014' value='/a /b /c'/>", "</MPD>")]
    [InlineData("<Patch>", "<replace sel=\"/MPD/Period[@id='[[[[[[/]]]']/@media\">/a</replace>", "</Patch>")]
    public void Rewrite_RepeatedTokens_TakesLinearTime(string before, string storm, string after)
    {
        var document = Encoding.UTF8.GetBytes(before + Times(storm, (4 << 20) / storm.Length) + after);
        Effort.IsSmall(() =>
        {
            foreach (var mirrored in new[] { true, false }) Rewrite(document, Map(mirrored), out _);
            DashFollower.Walk(document);
        });
    }

    private static string Times(string text, int count) => new StringBuilder(text.Length * count).Insert(0, text, count).ToString();
}

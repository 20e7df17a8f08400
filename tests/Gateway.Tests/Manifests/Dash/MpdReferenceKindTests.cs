using Gateway.Manifests.Dash;
using static Gateway.Tests.Manifests.Dash.DashBench;
using static Gateway.Tests.Manifests.Dash.DashPlaces;

namespace Gateway.Tests.Manifests.Dash;

/// <summary>Each place of the schema that holds a URL.</summary>
public sealed class MpdReferenceKindTests
{
    [Theory]
    [MemberData(nameof(DashPlaces.Places), MemberType = typeof(DashPlaces))]
    public void Place_AbsoluteUrlOfOurs_IsMappedInFull(string place)
    {
        var before = Document(place, "http://origin.example/a/b.x?q=1&amp;r=2");
        var after = Document(place, "http://gw.example/api/v1/playback/TICKET/origin/a/b.x?q=1&amp;r=2");
        Assert.Equal(after, Rewrite(before));
        Assert.Equal(after, Rewrite(before, mirrored: false).Replace(
            "<BaseURL>http://gw.example/api/v1/playback/TICKET/origin/titles/demo/</BaseURL>", "", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(DashPlaces.Places), MemberType = typeof(DashPlaces))]
    [MemberData(nameof(DashPlaces.SegmentPlaces), MemberType = typeof(DashPlaces))]
    public void Place_ForeignUrl_IsLeftAndCounted(string place)
    {
        var document = Document(place, "http://elsewhere.example/a/b.x");
        var map = Map(mirrored: true);
        Assert.Equal(DashOutcome.Unchanged, DashBench.Rewrite(System.Text.Encoding.UTF8.GetBytes(document), map, out _));
        Assert.Equal(place.Split("{0}").Length - 1, map.ForeignCount);
    }

    [Theory]
    [MemberData(nameof(DashPlaces.Places), MemberType = typeof(DashPlaces))]
    [MemberData(nameof(DashPlaces.SegmentPlaces), MemberType = typeof(DashPlaces))]
    public void Place_RelativeUrlOfMirroredDocument_StaysByteForByte(string place)
    {
        var document = Document(place, " ../x/b.x?q ");
        Assert.Equal(document, Rewrite(document));
    }

    [Theory]
    [MemberData(nameof(DashPlaces.Places), MemberType = typeof(DashPlaces))]
    [MemberData(nameof(DashPlaces.SegmentPlaces), MemberType = typeof(DashPlaces))]
    public void Place_OtherScheme_StaysByteForByte(string place)
    {
        foreach (var url in new[] { "data:,x", "urn:mpeg:dash:resolve-to-zero:2013", "skd://origin.example/x", "mailto:a@origin.example" })
        {
            var document = Document(place, url);
            Assert.Equal(document, Rewrite(document));
            Assert.Equal(document, WithoutBase(Rewrite(document, mirrored: false)));
        }
    }

    [Theory]
    [MemberData(nameof(DashPlaces.SegmentPlaces), MemberType = typeof(DashPlaces))]
    public void SegmentPlace_UrlOfOursInMirroredDocument_IsMappedToPathFromRoot(string place)
    {
        foreach (var reference in new[] { "http://origin.example/a/$Number%05d$.x?q", "/a/$Number%05d$.x?q", "//origin.example/a/$Number%05d$.x?q", "../../../../a/$Number%05d$.x?q" })
        {
            var period = "<Period><AdaptationSet>" + place + "<Representation id=\"1\"/></AdaptationSet></Period>";
            Assert.Equal(Document(period, "/api/v1/playback/TICKET/origin/a/$Number%05d$.x?q"), Rewrite(Document(period, reference)));
        }
    }

    [Theory]
    [MemberData(nameof(DashPlaces.SegmentPlaces), MemberType = typeof(DashPlaces))]
    public void SegmentPlace_InheritedFromPeriodOrSet_IsJudgedByTheRepresentationsBase(string place)
    {
        const string Base = "<Representation><BaseURL>https://cdn.example:8443/base/v/</BaseURL></Representation>";
        foreach (var period in new[]
        {
            "<Period>" + place + "<AdaptationSet>" + Base + "</AdaptationSet></Period>",
            "<Period><AdaptationSet>" + place + Base + "</AdaptationSet></Period>",
            "<Period><AdaptationSet>" + Base + place + "</AdaptationSet></Period>",
        })
        {
            Assert.Contains("\"/api/v1/playback/TICKET/cdn/x/1.m4s\"", Rewrite(Document(period, "/base/x/1.m4s")).Replace('\'', '"'), StringComparison.Ordinal);
            Assert.Contains("\"$Number$.m4s\"", Rewrite(Document(period, "$Number$.m4s")).Replace('\'', '"'), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("<Location>{0}</Location>")]
    [InlineData("<PatchLocation>{0}</PatchLocation>")]
    [InlineData("<Period xlink:href=\"{0}\"/>")]
    [InlineData("<ContentSteering>{0}</ContentSteering>")]
    [InlineData("<UTCTiming schemeIdUri=\"urn:mpeg:dash:utc:http-iso:2014\" value=\"{0}\"/>")]
    public void DocumentPlace_RelativeUrlOfUnmirroredDocument_IsResolvedAgainstTheDocumentNotItsBase(string place)
    {
        var document = Document("<BaseURL>https://cdn.example:8443/base/</BaseURL>" + place, "../live.mpd?x=1");
        Assert.Contains("http://gw.example/api/v1/playback/TICKET/origin/titles/live.mpd?x=1", Rewrite(document, mirrored: false), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<x:BaseURL xmlns:x=\"urn:other\">{0}</x:BaseURL>")]
    [InlineData("<x:BaseURL>{0}</x:BaseURL>")]
    [InlineData("<Other xmlns=\"urn:other\"><BaseURL>{0}</BaseURL></Other>")]
    [InlineData("<Other xmlns=\"urn:other\"><a b='>'/><BaseURL>{0}</BaseURL></Other>")]
    [InlineData("<Title>{0}</Title>")]
    [InlineData("<SegmentTemplate x:media=\"{0}\" medias=\"{0}\"/>")]
    [InlineData("<UTCTiming schemeIdUri=\"urn:mpeg:dash:utc:ntp:2014\" value=\"{0}\"/>")]
    [InlineData("<UTCTiming schemeIdUri=\"urn:mpeg:dash:utc:direct:2014\" value=\"{0}\"/>")]
    [InlineData("<Period><EventStream schemeIdUri=\"urn:scte\"><Event messageData=\"{0}\">{0}</Event></EventStream></Period>")]
    [InlineData("<Metrics metrics=\"x\"><Reporting schemeIdUri=\"urn:dvb:dash:reporting:2014\" dvb:reportingUrl=\"{0}\"/></Metrics>")]
    [InlineData("<ContentProtection schemeIdUri=\"urn:x\"><dashif:Laurl>{0}</dashif:Laurl><cenc:pssh>{0}</cenc:pssh></ContentProtection>")]
    [InlineData("<SupplementalProperty schemeIdUri=\"urn:x\" url=\"{0}\" value=\"{0}\" dvb:url=\"{0}\"/>")]
    [InlineData("<!-- <SegmentTemplate media=\"{0}\"/> --><![CDATA[<BaseURL>{0}</BaseURL>]]><?x <BaseURL>{0}</BaseURL> ?>")]
    public void Rewrite_ElementsThatHoldNoReference_StayByteForByte(string place)
    {
        var document = Document(place, "http://origin.example/a/");
        Assert.Equal(document, Rewrite(document));
    }

    [Theory]
    [MemberData(nameof(DashPlaces.Places), MemberType = typeof(DashPlaces))]
    [MemberData(nameof(DashPlaces.SegmentPlaces), MemberType = typeof(DashPlaces))]
    public void Rewrite_RewrittenOnceMore_IsTheSame(string place)
    {
        foreach (var reference in new[] { "http://origin.example/a/b.x", "/a/b.x", "https://cdn.example:8443/base/x", "../../../x", "x" })
        {
            var once = Rewrite(Document(place, reference), mirrored: false);
            Assert.Equal(once, Rewrite(once, mirrored: false));
            Assert.Equal(once, Rewrite(once));
        }
    }

    [Theory]
    [InlineData("<Period><EventStream schemeIdUri=\"urn:mpeg:dash:event:callback:2015\"><Event messageData=\"\"/></EventStream></Period>")]
    [InlineData("<Period><EventStream schemeIdUri=\"urn:mpeg:dash:event:callback:2015\"><Event> </Event></EventStream></Period>")]
    [InlineData("<ProgramInformation moreInformationURL=\"\"/>")]
    [InlineData("<Location> </Location>")]
    public void Rewrite_EmptyDocumentUrl_StaysEmpty(string place) => Assert.Contains(place, Rewrite(Document(place, ""), mirrored: false), StringComparison.Ordinal);
}

using Gateway.Manifests.Dash;
using static Gateway.Tests.Manifests.Dash.DashBench;

namespace Gateway.Tests.Manifests.Dash;

public sealed class DashRewriterTests
{
    private const string Root = "<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" xmlns:xlink=\"http://www.w3.org/1999/xlink\">";

    /// <summary>A URL of ours in each place of the schema, as the whole content of {0}.</summary>
    public static TheoryData<string> Places =>
    [
        "<BaseURL>{0}</BaseURL>",
        "<BaseURL serviceLocation=\"a\" byteRange=\"$base$?r=$first$-$last$\">{0}</BaseURL>",
        "<Period><BaseURL>{0}</BaseURL></Period>",
        "<Period><AdaptationSet><BaseURL>{0}</BaseURL></AdaptationSet></Period>",
        "<Period><AdaptationSet><Representation><BaseURL>{0}</BaseURL></Representation></AdaptationSet></Period>",
        "<Location>{0}</Location>",
        "<Location serviceLocation=\"a\">{0}</Location>",
        "<PatchLocation ttl=\"60\">{0}</PatchLocation>",
        "<Period xlink:href=\"{0}\" xlink:actuate=\"onLoad\"/>",
        "<Period><AdaptationSet xlink:href='{0}'/></Period>",
        "<Period><AdaptationSet><SegmentList xlink:href=\"{0}\"/></AdaptationSet></Period>",
        "<Period><EventStream xlink:href=\"{0}\" schemeIdUri=\"urn:x\"/></Period>",
        "<InitializationSet id=\"1\" xlink:href=\"{0}\"/>",
        "<UTCTiming schemeIdUri=\"urn:mpeg:dash:utc:http-xsdate:2014\" value=\"{0}\"/>",
        "<UTCTiming value=\"{0}\" schemeIdUri=\"urn:mpeg:dash:utc:http-iso:2014\"/>",
        "<UTCTiming schemeIdUri=\"urn:mpeg:dash:utc:http-head:2012\" value=\"{0} {0}\"/>",
        "<ContentSteering defaultServiceLocation=\"a\" queryBeforeStart=\"true\">{0}</ContentSteering>",
        "<ServiceDescription><ContentSteering>{0}</ContentSteering></ServiceDescription>",
        "<ContentSteering proxyServerURL=\"{0}\">urn:x</ContentSteering>",
        "<Period><EventStream schemeIdUri=\"urn:mpeg:dash:event:callback:2015\" value=\"1\"><Event presentationTime=\"0\">{0}</Event></EventStream></Period>",
        "<Period><EventStream schemeIdUri=\"urn:mpeg:dash:event:callback:2015\" value=\"1\"><Event messageData=\"{0}\"/></EventStream></Period>",
        "<Period><EventStream schemeIdUri=\"urn:mpeg:dash:event:alternativeMPD:insert:2025\"><Event><InsertPresentation url=\"{0}\"/></Event></EventStream></Period>",
        "<Period><EventStream schemeIdUri=\"urn:mpeg:dash:event:alternativeMPD:replace:2025\"><Event><ReplacePresentation uri=\"{0}\"/></Event></EventStream></Period>",
        "<Period><ImportedMPD>{0}</ImportedMPD></Period>",
        "<Period><SupplementalProperty schemeIdUri=\"urn:dvb:dash:fontdownload:2014\" value=\"1\" dvb:url=\"{0}\"/></Period>",
        "<ProgramInformation moreInformationURL=\"{0}\"/>",
    ];

    /// <summary>The same where a URL is relative to the base of Representations.</summary>
    public static TheoryData<string> SegmentPlaces =>
    [
        "<SegmentTemplate media=\"{0}\"/>",
        "<SegmentTemplate initialization='{0}'/>",
        "<SegmentTemplate index=\"{0}\"/>",
        "<SegmentTemplate bitstreamSwitching=\"{0}\"/>",
        "<SegmentList><SegmentURL media=\"{0}\" mediaRange=\"0-9\"/></SegmentList>",
        "<SegmentList><SegmentURL index=\"{0}\"/></SegmentList>",
        "<SegmentBase><Initialization sourceURL=\"{0}\" range=\"0-9\"/></SegmentBase>",
        "<SegmentBase><RepresentationIndex sourceURL=\"{0}\"/></SegmentBase>",
        "<SegmentTemplate><BitstreamSwitching sourceURL=\"{0}\"/></SegmentTemplate>",
    ];

    [Theory]
    [MemberData(nameof(Places))]
    public void Place_AbsoluteUrlOfOurs_IsMappedInFull(string place)
    {
        var before = Document(place, "http://origin.example/a/b.x?q=1&amp;r=2");
        var after = Document(place, "http://gw.example/api/v1/playback/TICKET/origin/a/b.x?q=1&amp;r=2");
        Assert.Equal(after, Rewrite(before));
        Assert.Equal(after, Rewrite(before, mirrored: false).Replace(
            "<BaseURL>http://gw.example/api/v1/playback/TICKET/origin/titles/demo/</BaseURL>", "", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Places))]
    [MemberData(nameof(SegmentPlaces))]
    public void Place_ForeignUrl_IsLeftAndCounted(string place)
    {
        var document = Document(place, "http://elsewhere.example/a/b.x");
        var map = Map(mirrored: true);
        Assert.Equal(DashOutcome.Unchanged, DashBench.Rewrite(System.Text.Encoding.UTF8.GetBytes(document), map, out _));
        Assert.Equal(place.Split("{0}").Length - 1, map.ForeignCount);
    }

    [Theory]
    [MemberData(nameof(Places))]
    [MemberData(nameof(SegmentPlaces))]
    public void Place_RelativeUrlOfMirroredDocument_StaysByteForByte(string place)
    {
        var document = Document(place, " ../x/b.x?q ");
        Assert.Equal(document, Rewrite(document));
    }

    [Theory]
    [MemberData(nameof(Places))]
    [MemberData(nameof(SegmentPlaces))]
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
    [MemberData(nameof(SegmentPlaces))]
    public void SegmentPlace_UrlOfOursInMirroredDocument_IsMappedToPathFromRoot(string place)
    {
        foreach (var reference in new[] { "http://origin.example/a/$Number%05d$.x?q", "/a/$Number%05d$.x?q", "//origin.example/a/$Number%05d$.x?q", "../../../../a/$Number%05d$.x?q" })
        {
            var period = "<Period><AdaptationSet>" + place + "<Representation id=\"1\"/></AdaptationSet></Period>";
            Assert.Equal(Document(period, "/api/v1/playback/TICKET/origin/a/$Number%05d$.x?q"), Rewrite(Document(period, reference)));
        }
    }

    [Theory]
    [MemberData(nameof(SegmentPlaces))]
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

    [Fact]
    public void UnmirroredMpdWithoutBase_GetsOneBehindProgramInformation()
    {
        const string Body = "<Location>x.mpd</Location><Period><AdaptationSet><SegmentTemplate media=\"$Number$.m4s\"/></AdaptationSet></Period></MPD>";
        const string Base = "<BaseURL>http://gw.example/api/v1/playback/TICKET/origin/titles/demo/</BaseURL>";
        var mapped = Body.Replace("x.mpd", "http://gw.example/api/v1/playback/TICKET/origin/titles/demo/x.mpd", StringComparison.Ordinal);
        Assert.Equal(Root + "\n" + Base + mapped, Rewrite(Root + "\n" + Body, mirrored: false));
        const string Information = "<ProgramInformation><Title>BaseURL</Title></ProgramInformation>";
        Assert.Equal(Root + Information + Base + mapped, Rewrite(Root + Information + Body, mirrored: false));
    }

    [Fact]
    public void UnmirroredMpd_BaseTakesThePrefixOfTheRoot()
    {
        var after = Rewrite("<m:MPD xmlns:m=\"urn:mpeg:dash:schema:mpd:2011\"><m:Period><m:AdaptationSet/></m:Period></m:MPD>", mirrored: false);
        Assert.Contains("><m:BaseURL>http://gw.example/api/v1/playback/TICKET/origin/titles/demo/</m:BaseURL><m:Period>", after, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<Period><BaseURL>http://elsewhere.example/</BaseURL><AdaptationSet/></Period>")]
    [InlineData("<Period><AdaptationSet><Representation><BaseURL>//elsewhere.example/a</BaseURL></Representation></AdaptationSet></Period>")]
    [InlineData("<BaseURL>http://elsewhere.example/</BaseURL><Period><AdaptationSet/></Period>")]
    [InlineData("<Title/>")]
    public void UnmirroredMpd_NothingDependsOnItsUrl_GetsNoBase(string body)
    {
        var document = Document(body, "");
        Assert.Equal(document, Rewrite(document, mirrored: false));
    }

    [Fact]
    public void WhatComesBehindTheRoot_IsNotTheMpds()
    {
        const string Document = "<MPD/><Period><AdaptationSet/><BaseURL>http://origin.example/</BaseURL></Period>";
        Assert.Equal(Document, Rewrite(Document, mirrored: false));
    }

    [Fact]
    public void UnmirroredMpd_RelativeBaseIsMapped_LowerOnesStay()
    {
        var after = Rewrite(Document("<BaseURL> v/ </BaseURL><BaseURL>../w/</BaseURL><Period><BaseURL>p/</BaseURL><BaseURL>q/</BaseURL></Period>", ""), mirrored: false);
        Assert.Equal(
            Document(
                "<BaseURL> http://gw.example/api/v1/playback/TICKET/origin/titles/demo/v/ </BaseURL>"
                + "<BaseURL>http://gw.example/api/v1/playback/TICKET/origin/titles/w/</BaseURL><Period><BaseURL>p/</BaseURL><BaseURL>q/</BaseURL></Period>",
                ""),
            after);
    }

    [Theory]
    [InlineData("../../../../up.m4s", "/api/v1/playback/TICKET/origin/up.m4s")]
    [InlineData("%2e%2e/.%2E/../up.m4s", "/api/v1/playback/TICKET/origin/up.m4s")]
    [InlineData(@"..\..\..\up.m4s", "/api/v1/playback/TICKET/origin/up.m4s")]
    [InlineData("a/../../../../up.m4s", "/api/v1/playback/TICKET/origin/up.m4s")]
    [InlineData("../../up.m4s", "../../up.m4s")]
    [InlineData("&#46;&#x2E;/../../up.m4s", "/api/v1/playback/TICKET/origin/up.m4s")]
    [InlineData("/\\elsewhere.example/x", "http://elsewhere.example/x")]
    [InlineData("\\\\origin.example\\x", "/api/v1/playback/TICKET/origin/x")]
    public void ReferenceThatClimbs_NeverLeavesTheCluster(string reference, string expected)
    {
        const string Place = "<Period><AdaptationSet><SegmentTemplate media=\"{0}\"/></AdaptationSet></Period>";
        Assert.Equal(Document(Place, expected), Rewrite(Document(Place, reference)));
    }

    [Fact]
    public void ReferenceThatClimbs_OneOfSeveralRepresentationsHasTooLittleRoom_IsReplaced()
    {
        const string Place = "<Period><AdaptationSet><SegmentTemplate media=\"{0}\"/><Representation><BaseURL>a/b/</BaseURL></Representation>"
            + "<Representation><BaseURL>/</BaseURL></Representation></AdaptationSet></Period>";
        Assert.Contains("media=\"/api/v1/playback/TICKET/origin/titles/demo/x\"", Rewrite(Document(Place, "../../x")), StringComparison.Ordinal);
    }

    [Fact]
    public void PathOutsideOfTheClustersPrefix_IsForeignAndWrittenInFull()
    {
        const string Place = "<BaseURL>https://cdn.example:8443/base/</BaseURL><Period><AdaptationSet><SegmentTemplate media=\"{0}\"/></AdaptationSet></Period>";
        Assert.Contains("media=\"https://cdn.example:8443/other/$Time$\"", Rewrite(Document(Place, "../other/$Time$")), StringComparison.Ordinal);
        Assert.Contains("media=\"https://cdn.example:8443/other/$Time$\"", Rewrite(Document(Place, "/other/$Time$")), StringComparison.Ordinal);
    }

    [Fact]
    public void RelativeBelowForeignBase_StaysForeign()
    {
        var document = Document(
            "<BaseURL>http://elsewhere.example/a/</BaseURL><Period><BaseURL>b/</BaseURL><AdaptationSet><SegmentTemplate media=\"{0}\"/></AdaptationSet></Period>",
            "/c/../../$Number$");
        Assert.Equal(document, Rewrite(document));
        Assert.Equal(document, Rewrite(document, mirrored: false));
    }

    [Fact]
    public void PathFromTheRootBelowForeignBase_StaysForeign()
    {
        var document = Document(
            "<Period><BaseURL>http://elsewhere.example/a/</BaseURL><AdaptationSet><Representation><BaseURL>/titles/</BaseURL><SegmentTemplate media=\"{0}\"/></Representation></AdaptationSet></Period>",
            "/titles/$Number$");
        Assert.Equal(document, Rewrite(document));
    }

    [Fact]
    public void OursBelowForeignBase_IsWrittenInFull()
    {
        const string Place = "<BaseURL>http://elsewhere.example/a/</BaseURL><Period><AdaptationSet><SegmentTemplate media=\"{0}\"/></AdaptationSet></Period>";
        Assert.Equal(
            Document(Place, "http://gw.example/api/v1/playback/TICKET/origin/$Number$"),
            Rewrite(Document(Place, "http://origin.example/$Number$")));
    }

    [Theory]
    [InlineData("http://origin.example", "http://gw.example/api/v1/playback/TICKET/origin/")]
    [InlineData("http://origin.example?a", "http://gw.example/api/v1/playback/TICKET/origin/?a")]
    [InlineData("HTTP://ORIGIN.example:80/x", "http://gw.example/api/v1/playback/TICKET/origin/x")]
    [InlineData("https://cdn.example:8443/base/a b/ü", "http://gw.example/api/v1/playback/TICKET/cdn/a b/ü")]
    [InlineData("http://origin.example/v.mp4", "http://gw.example/api/v1/playback/TICKET/origin/v.mp4")]
    [InlineData("https://cdn.example:8443/bases/x", "https://cdn.example:8443/bases/x")]
    [InlineData("https://cdn.example/base/x", "https://cdn.example/base/x")]
    public void BaseUrl_Spellings(string before, string after) =>
        Assert.Equal(Document("<BaseURL>{0}</BaseURL>", after), Rewrite(Document("<BaseURL>{0}</BaseURL>", before)));

    [Theory]
    [InlineData("<BaseURL><![CDATA[{0}]]></BaseURL>")]
    [InlineData("<BaseURL>\r\n\t<![CDATA[ {0} ]]> </BaseURL>")]
    [InlineData("<BaseURL>\r\n  {0}\r\n</BaseURL  >")]
    [InlineData("<!-- <BaseURL>http://origin.example/c/</BaseURL> --><BaseURL>{0}</BaseURL>")]
    [InlineData("<BaseURL><!-- why -->{0}<?pi x?></BaseURL>")]
    [InlineData("<BaseURL><?pi a > b?>{0}<!-- > --></BaseURL>")]
    [InlineData("<BaseURL\n serviceLocation = 'a>b' >{0}</BaseURL>")]
    [InlineData("<x:BaseURL xmlns:x='urn:mpeg:DASH:schema:MPD:2011'>{0}</x:BaseURL>")]
    public void BaseUrl_ManyWaysToWriteIt_OnlyTheUrlChanges(string place) => Assert.Equal(
        Document(place, "http://gw.example/api/v1/playback/TICKET/origin/b/"), Rewrite(Document(place, "http://origin.example/b/")));

    [Fact]
    public void BaseUrl_TextInterruptedByComment_IsPutTogether() => Assert.Equal(
        Document("<BaseURL>http://gw.example/api/v1/playback/TICKET/origin/b/<!-- c --><![CDATA[]]></BaseURL>", ""),
        Rewrite(Document("<BaseURL>http://origin<!-- c --><![CDATA[.example/b/]]></BaseURL>", "")));

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
    public void NotOurPlace_StaysByteForByte(string place)
    {
        var document = Document(place, "http://origin.example/a/");
        Assert.Equal(document, Rewrite(document));
    }

    [Fact]
    public void AfterOtherNamespaceEnds_DashIsDashAgain()
    {
        const string Place = "<Other xmlns=\"urn:other\"><x/></Other><BaseURL>{0}</BaseURL>";
        Assert.Equal(
            Document(Place, "http://gw.example/api/v1/playback/TICKET/origin/b/"), Rewrite(Document(Place, "http://origin.example/b/")));
    }

    [Theory]
    [InlineData("<MPD>")]
    [InlineData("<MPD xmlns=\"\">")]
    [InlineData("<MPD xmlns=\"urn:whatever\">")]
    [InlineData("\uFEFF<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<!-- x --><!DOCTYPE MPD>\r\n<MPD xmlns=\"urn:mpeg:DASH:schema:MPD:2011\">")]
    public void Root_InAnyNamespaceThatPlayersTake_IsRead(string root) => Assert.Equal(
        root + "<BaseURL>http://gw.example/api/v1/playback/TICKET/origin/b/</BaseURL></MPD>",
        Rewrite(root + "<BaseURL>http://origin.example/b/</BaseURL></MPD>"));

    [Theory]
    [MemberData(nameof(Places))]
    [MemberData(nameof(SegmentPlaces))]
    public void RewritingTwice_IsTheSameAsOnce(string place)
    {
        foreach (var reference in new[] { "http://origin.example/a/b.x", "/a/b.x", "https://cdn.example:8443/base/x", "../../../x", "x" })
        {
            var once = Rewrite(Document(place, reference), mirrored: false);
            Assert.Equal(once, Rewrite(once, mirrored: false));
            Assert.Equal(once, Rewrite(once));
        }
    }

    [Fact]
    public void RedirectedToForeignHost_RelativeReferencesGoThere()
    {
        var after = Rewrite(Document("<Period><AdaptationSet><SegmentTemplate media=\"$Number$\"/></AdaptationSet></Period>", ""), mirrored: false, "http://elsewhere.example/x/y.mpd");
        Assert.Contains("<BaseURL>http://elsewhere.example/x/</BaseURL>", after, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<Period><EventStream schemeIdUri=\"urn:mpeg:dash:event:callback:2015\"><Event messageData=\"\"/></EventStream></Period>")]
    [InlineData("<Period><EventStream schemeIdUri=\"urn:mpeg:dash:event:callback:2015\"><Event> </Event></EventStream></Period>")]
    [InlineData("<ProgramInformation moreInformationURL=\"\"/>")]
    [InlineData("<Location> </Location>")]
    public void EmptyDocumentUrl_StaysEmpty(string place) => Assert.Contains(place, Rewrite(Document(place, ""), mirrored: false), StringComparison.Ordinal);

    private static string Document(string place, string url) => Root + "\n " + place.Replace("{0}", url, StringComparison.Ordinal) + "\r\n</MPD>\n";

    private static string WithoutBase(string document) =>
        document.Replace("<BaseURL>http://gw.example/api/v1/playback/TICKET/origin/titles/demo/</BaseURL>", "", StringComparison.Ordinal);
}

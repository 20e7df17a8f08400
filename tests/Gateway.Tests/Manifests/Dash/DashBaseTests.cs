using static Gateway.Tests.Manifests.Dash.DashBench;
using static Gateway.Tests.Manifests.Dash.DashPlaces;

namespace Gateway.Tests.Manifests.Dash;

/// <summary>What a reference is resolved against, and where that leads.</summary>
public sealed class DashBaseTests
{
    [Fact]
    public void Rewrite_UnmirroredMpdWithoutBase_GetsOneAfterProgramInformation()
    {
        const string Body = "<Location>x.mpd</Location><Period><AdaptationSet><SegmentTemplate media=\"$Number$.m4s\"/></AdaptationSet></Period></MPD>";
        const string Base = "<BaseURL>http://gw.example/api/v1/playback/TICKET/origin/titles/demo/</BaseURL>";
        var mapped = Body.Replace("x.mpd", "http://gw.example/api/v1/playback/TICKET/origin/titles/demo/x.mpd", StringComparison.Ordinal);
        Assert.Equal(Root + "\n" + Base + mapped, Rewrite(Root + "\n" + Body, mirrored: false));
        const string Information = "<ProgramInformation><Title>BaseURL</Title></ProgramInformation>";
        Assert.Equal(Root + Information + Base + mapped, Rewrite(Root + Information + Body, mirrored: false));
    }

    [Fact]
    public void Rewrite_UnmirroredMpdWithNamespacePrefix_BaseTakesThePrefixOfTheRoot()
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
    public void Rewrite_ElementsAfterTheRoot_AreLeftAlone()
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
    public void Rewrite_ReferenceThatClimbs_NeverLeavesTheCluster(string reference, string expected)
    {
        const string Place = "<Period><AdaptationSet><SegmentTemplate media=\"{0}\"/></AdaptationSet></Period>";
        Assert.Equal(Document(Place, expected), Rewrite(Document(Place, reference)));
    }

    [Fact]
    public void Rewrite_ReferenceThatClimbsAboveOneOfSeveralRepresentations_IsReplaced()
    {
        const string Place = "<Period><AdaptationSet><SegmentTemplate media=\"{0}\"/><Representation><BaseURL>a/b/</BaseURL></Representation>"
            + "<Representation><BaseURL>/</BaseURL></Representation></AdaptationSet></Period>";
        Assert.Contains("media=\"/api/v1/playback/TICKET/origin/titles/demo/x\"", Rewrite(Document(Place, "../../x")), StringComparison.Ordinal);
    }

    [Fact]
    public void Rewrite_PathOutsideOfTheClustersPrefix_IsForeignAndWrittenInFull()
    {
        const string Place = "<BaseURL>https://cdn.example:8443/base/</BaseURL><Period><AdaptationSet><SegmentTemplate media=\"{0}\"/></AdaptationSet></Period>";
        Assert.Contains("media=\"https://cdn.example:8443/other/$Time$\"", Rewrite(Document(Place, "../other/$Time$")), StringComparison.Ordinal);
        Assert.Contains("media=\"https://cdn.example:8443/other/$Time$\"", Rewrite(Document(Place, "/other/$Time$")), StringComparison.Ordinal);
    }

    [Fact]
    public void Rewrite_RelativeReferenceBelowForeignBase_StaysForeign()
    {
        var document = Document(
            "<BaseURL>http://elsewhere.example/a/</BaseURL><Period><BaseURL>b/</BaseURL><AdaptationSet><SegmentTemplate media=\"{0}\"/></AdaptationSet></Period>",
            "/c/../../$Number$");
        Assert.Equal(document, Rewrite(document));
        Assert.Equal(document, Rewrite(document, mirrored: false));
    }

    [Fact]
    public void Rewrite_PathFromTheRootBelowForeignBase_StaysForeign()
    {
        var document = Document(
            "<Period><BaseURL>http://elsewhere.example/a/</BaseURL><AdaptationSet><Representation><BaseURL>/titles/</BaseURL><SegmentTemplate media=\"{0}\"/></Representation></AdaptationSet></Period>",
            "/titles/$Number$");
        Assert.Equal(document, Rewrite(document));
    }

    [Fact]
    public void Rewrite_ReferenceToAClusterBelowForeignBase_IsWrittenInFull()
    {
        const string Place = "<BaseURL>http://elsewhere.example/a/</BaseURL><Period><AdaptationSet><SegmentTemplate media=\"{0}\"/></AdaptationSet></Period>";
        Assert.Equal(
            Document(Place, "http://gw.example/api/v1/playback/TICKET/origin/$Number$"),
            Rewrite(Document(Place, "http://origin.example/$Number$")));
    }

    [Fact]
    public void Rewrite_MpdRedirectedToForeignHost_RelativeReferencesGoThere()
    {
        var after = Rewrite(Document("<Period><AdaptationSet><SegmentTemplate media=\"$Number$\"/></AdaptationSet></Period>", ""), mirrored: false, "http://elsewhere.example/x/y.mpd");
        Assert.Contains("<BaseURL>http://elsewhere.example/x/</BaseURL>", after, StringComparison.Ordinal);
    }

    /// <summary>Tabs and line ends within a URL are none (WHATWG URL §4.4), for what is below it as well.</summary>
    [Theory]
    [InlineData("http://origin.exam\tple/other/")]
    [InlineData("http://origin.example\\other\\")]
    public void Base_ThatIsReadAnotherWayByBrowsers_IsTheBaseOfWhatIsBelow(string url)
    {
        var after = Rewrite(Document($"<Period><BaseURL>{url}</BaseURL><AdaptationSet><SegmentTemplate media=\"/x/$Number$.mp4\"/></AdaptationSet></Period>", ""));
        Assert.Contains("<BaseURL>http://gw.example/api/v1/playback/TICKET/origin/other/</BaseURL>", after, StringComparison.Ordinal);
        Assert.Contains("media=\"/api/v1/playback/TICKET/origin/x/$Number$.mp4\"", after, StringComparison.Ordinal);
    }

    /// <summary>Two query parameters in XML are <c>&amp;amp;</c>. The template is inherited by Representations with bases of their own, on a host whose folders need tickets of their own.</summary>
    [Theory]
    [InlineData("$RepresentationID$/$Number%05d$.m4s?a=1&amp;b=2")]
    [InlineData("s/$Number%05d$.m4s?a=1&#38;b=2")]
    [InlineData("$RepresentationID$/caf%20e/$Time$.m4s")]
    public void Template_ThatIsLookedAtTwice_StaysAsItIsSpelled(string template)
    {
        var document = Document(
            "<Period><AdaptationSet><BaseURL>https://cdn.example:8443/base/</BaseURL><SegmentTemplate media=\"{0}\"/>"
            + "<Representation id=\"hi\"><BaseURL>x/</BaseURL></Representation><Representation id=\"lo\"><BaseURL>y/</BaseURL></Representation></AdaptationSet></Period>",
            template);
        var map = new Gateway.Manifests.ReferenceMap(Upstreams, "origin", new Uri(Upstream), new TicketFolders(DashBench.Gateway, "/titles/demo/").Target, mirrored: true);
        DashBench.Rewrite(System.Text.Encoding.UTF8.GetBytes(document), map, out var output);
        Assert.Contains($"media=\"{template}\"", System.Text.Encoding.UTF8.GetString(output), StringComparison.Ordinal);
        DashJudge.Check(System.Text.Encoding.UTF8.GetBytes(document), Upstreams, mirrored: true);
        DashJudge.Check(System.Text.Encoding.UTF8.GetBytes(document), Upstreams, mirrored: false);
    }

    /// <summary>A credential for the title's folder, and media elsewhere: a ticket there opens one folder and nothing below.</summary>
    [Theory]
    [InlineData("<BaseURL>https://cdn.example:8443/base/x/</BaseURL><Period><AdaptationSet><SegmentTemplate media=\"$RepresentationID$/$Number$.m4s\" initialization=\"$RepresentationID$/i.mp4\"/><Representation id=\"v\"/></AdaptationSet></Period>")]
    [InlineData("<Period><BaseURL>https://cdn.example:8443/base/x/</BaseURL><AdaptationSet><SegmentTemplate media=\"$Number$.m4s\"/><Representation id=\"v\"/></AdaptationSet></Period>")]
    [InlineData("<Period><AdaptationSet><SegmentTemplate media=\"/media/$RepresentationID$/$Number$.m4s\"/><Representation id=\"v\"/><Representation id=\"w\"/></AdaptationSet></Period>")]
    [InlineData("<Period><AdaptationSet><SegmentTemplate media=\"../media/$RepresentationID$/$Number$.m4s\"/><Representation id=\"v\"><BaseURL>u/</BaseURL></Representation></AdaptationSet></Period>")]
    [InlineData("<Period><AdaptationSet><SegmentTemplate media=\"$RepresentationID$/$Number$.m4s?a=1&amp;b=2\"/><Representation id=\"v\"><BaseURL>https://cdn.example:8443/base/x/</BaseURL></Representation><Representation id=\"w\"><BaseURL>https://cdn.example:8443/base/y/</BaseURL></Representation></AdaptationSet></Period>")]
    [InlineData("<Period><AdaptationSet><BaseURL>https://cdn.example:8443/base/x/</BaseURL><SegmentList><SegmentURL media=\"a/1.m4s\"/><SegmentURL media=\"b/2.m4s\"/></SegmentList><Representation id=\"v\"/></AdaptationSet></Period>")]
    [InlineData("<BaseURL>https://cdn.example:8443/base/x/</BaseURL><Period><AdaptationSet><Representation id=\"v\"><BaseURL>v/</BaseURL><SegmentTemplate media=\"s/$Number$.m4s\"/></Representation></AdaptationSet></Period>")]
    public void Rewrite_MediaOutsideTheGrant_HasTicketsThatOpenIt(string body)
    {
        var document = System.Text.Encoding.UTF8.GetBytes(Document(body, ""));
        DashJudge.CheckGranted(document, mirrored: true);
        DashJudge.CheckGranted(document, mirrored: false);
    }

    /// <summary>A player goes over to the next base when the first one fails; a template that is written out for the first would ask that again.</summary>
    [Fact]
    public void Rewrite_TemplateBelowSeveralBasesOutsideTheGrant_GoesWithEach()
    {
        var document = System.Text.Encoding.UTF8.GetBytes(Document(
            "<BaseURL>https://cdn.example:8443/base/x/</BaseURL><BaseURL>https://cdn.example:8443/base/y/</BaseURL>"
            + "<Period><AdaptationSet><SegmentTemplate media=\"$Number$.m4s\" initialization=\"i.mp4\"/><Representation id=\"v\"/></AdaptationSet></Period>",
            ""));
        foreach (var mirrored in new[] { true, false })
        {
            var tickets = new TicketFolders(DashBench.Gateway, "/titles/demo/", Gateway.Access.MediaGrant.OfGlobs(["titles/demo/**"]));
            DashBench.Rewrite(document, new Gateway.Manifests.ReferenceMap(Upstreams, "origin", new Uri(Upstream), tickets.Target, mirrored), out var output);
            var written = System.Text.Encoding.UTF8.GetString(output);
            Assert.Contains("media=\"$Number$.m4s\" initialization=\"i.mp4\"", written, StringComparison.Ordinal);
            var bases = System.Xml.Linq.XDocument.Parse(written).Descendants().Where(e => e.Name.LocalName == "BaseURL").Select(e => tickets.Judge(e.Value + "1.m4s", "/T"));
            Assert.Equal(["/T/cdn/x/1.m4s", "/T/cdn/y/1.m4s"], bases.Select(b => b[DashBench.Gateway.Length..]));
        }
    }
}

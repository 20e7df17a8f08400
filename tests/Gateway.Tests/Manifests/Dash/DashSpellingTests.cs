using static Gateway.Tests.Manifests.Dash.DashBench;
using static Gateway.Tests.Manifests.Dash.DashPlaces;

namespace Gateway.Tests.Manifests.Dash;

/// <summary>The many ways in which XML lets the same be written.</summary>
public sealed class DashSpellingTests
{
    [Theory]
    [InlineData("http://origin.example", "http://gw.example/api/v1/playback/TICKET/origin/")]
    [InlineData("http://origin.example?a", "http://gw.example/api/v1/playback/TICKET/origin/?a")]
    [InlineData("HTTP://ORIGIN.example:80/x", "http://gw.example/api/v1/playback/TICKET/origin/x")]
    [InlineData("https://cdn.example:8443/base/a b/ü", "http://gw.example/api/v1/playback/TICKET/cdn/a b/ü")]
    [InlineData("http://origin.example/v.mp4", "http://gw.example/api/v1/playback/TICKET/origin/v.mp4")]
    [InlineData("https://cdn.example:8443/bases/x", "https://cdn.example:8443/bases/x")]
    [InlineData("https://cdn.example/base/x", "https://cdn.example/base/x")]
    [InlineData("http://origin.example/a?b&;c&#;d&#x;e&x;&", "http://gw.example/api/v1/playback/TICKET/origin/a?b&amp;;c&amp;#;d&amp;#x;e&amp;x;&amp;")]
    public void BaseUrl_EachSpelling_IsRewritten(string before, string after) =>
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

    [Fact]
    public void Rewrite_AfterAnElementOfAnotherNamespace_DashIsRewrittenAgain()
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
}

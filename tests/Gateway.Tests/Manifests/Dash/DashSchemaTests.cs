using static Gateway.Tests.Manifests.Dash.DashBench;
using static Gateway.Tests.Manifests.Dash.DashPlaces;

namespace Gateway.Tests.Manifests.Dash;

/// <summary>
/// Every place that the schemas of ISO/IEC 23009-1 (DASH-MPD, its patches, its URL parameters), up to the 6th edition, type as xs:anyURI, and those that hold a URL by
/// their scheme: what happens to a URL of ours there.
/// </summary>
public sealed class DashSchemaTests
{
    private const string Url = "http://origin.example/a/b.x?q=1";

    public enum Fate
    {
        /// <summary>Leads through the gateway, with scheme and host.</summary>
        InFull,

        /// <summary>Leads through the gateway, by its path alone.</summary>
        ByPath,

        /// <summary>Names something and is not asked for, or is asked for past the gateway by its nature.</summary>
        Kept,
    }

    public static TheoryData<string, string, Fate> Places => new()
    {
        { "MPD/BaseURL", "<BaseURL>{0}</BaseURL>", Fate.InFull },
        { "Period/BaseURL", "<Period><BaseURL>{0}</BaseURL></Period>", Fate.InFull },
        { "AdaptationSet/BaseURL", "<Period><AdaptationSet><BaseURL>{0}</BaseURL></AdaptationSet></Period>", Fate.InFull },
        { "Representation/BaseURL", "<Period><AdaptationSet><Representation><BaseURL>{0}</BaseURL></Representation></AdaptationSet></Period>", Fate.InFull },
        { "MPD/Location", "<Location>{0}</Location>", Fate.InFull },
        { "MPD/PatchLocation", "<PatchLocation>{0}</PatchLocation>", Fate.InFull },
        { "ContentSteering", "<ContentSteering>{0}</ContentSteering>", Fate.InFull },
        { "ServiceDescription/ContentSteering", "<ServiceDescription><ContentSteering>{0}</ContentSteering></ServiceDescription>", Fate.InFull },
        { "ContentSteering@proxyServerURL", "<ContentSteering proxyServerURL=\"{0}\">urn:x</ContentSteering>", Fate.InFull },
        { "ProgramInformation@moreInformationURL", "<ProgramInformation moreInformationURL=\"{0}\"/>", Fate.InFull },
        { "SelectionInfo@contactURL", "<Period><EventStream schemeIdUri=\"urn:x\"><Event><SelectionInfo contactURL=\"{0}\"/></Event></EventStream></Period>", Fate.InFull },
        { "InitializationSet@initialization", "<InitializationSet id=\"1\" initialization=\"{0}\"/>", Fate.ByPath },
        { "InitializationSet@xlink:href", "<InitializationSet id=\"1\" xlink:href=\"{0}\"/>", Fate.InFull },
        { "Period@xlink:href", "<Period xlink:href=\"{0}\"/>", Fate.InFull },
        { "AdaptationSet@xlink:href", "<Period><AdaptationSet xlink:href=\"{0}\"/></Period>", Fate.InFull },
        { "EventStream@xlink:href", "<Period><EventStream schemeIdUri=\"urn:x\" xlink:href=\"{0}\"/></Period>", Fate.InFull },
        { "SegmentList@xlink:href", "<Period><SegmentList xlink:href=\"{0}\"/></Period>", Fate.InFull },
        { "Period/ImportedMPD", "<Period><ImportedMPD>{0}</ImportedMPD></Period>", Fate.InFull },
        { "ImportedMPD@uri", "<Period><ImportedMPD uri=\"{0}\"/></Period>", Fate.InFull },
        { "AdaptationSet@initializationPrincipal", "<Period><AdaptationSet initializationPrincipal=\"{0}\"/></Period>", Fate.ByPath },
        { "SegmentTemplate@media", "<Period><AdaptationSet><SegmentTemplate media=\"{0}\"/></AdaptationSet></Period>", Fate.ByPath },
        { "SegmentTemplate@index", "<Period><AdaptationSet><SegmentTemplate index=\"{0}\"/></AdaptationSet></Period>", Fate.ByPath },
        { "SegmentTemplate@initialization", "<Period><AdaptationSet><SegmentTemplate initialization=\"{0}\"/></AdaptationSet></Period>", Fate.ByPath },
        { "SegmentTemplate@bitstreamSwitching", "<Period><AdaptationSet><SegmentTemplate bitstreamSwitching=\"{0}\"/></AdaptationSet></Period>", Fate.ByPath },
        { "SegmentURL@media", "<Period><AdaptationSet><SegmentList><SegmentURL media=\"{0}\"/></SegmentList></AdaptationSet></Period>", Fate.ByPath },
        { "SegmentURL@index", "<Period><AdaptationSet><SegmentList><SegmentURL index=\"{0}\"/></SegmentList></AdaptationSet></Period>", Fate.ByPath },
        { "Initialization@sourceURL", "<Period><AdaptationSet><SegmentBase><Initialization sourceURL=\"{0}\"/></SegmentBase></AdaptationSet></Period>", Fate.ByPath },
        { "RepresentationIndex@sourceURL", "<Period><AdaptationSet><SegmentBase><RepresentationIndex sourceURL=\"{0}\"/></SegmentBase></AdaptationSet></Period>", Fate.ByPath },
        { "BitstreamSwitching@sourceURL", "<Period><AdaptationSet><SegmentList><BitstreamSwitching sourceURL=\"{0}\"/></SegmentList></AdaptationSet></Period>", Fate.ByPath },
        { "UTCTiming@value, http", "<UTCTiming schemeIdUri=\"urn:mpeg:dash:utc:http-xsdate:2014\" value=\"{0}\"/>", Fate.InFull },
        { "UTCTiming@value, ntp", "<UTCTiming schemeIdUri=\"urn:mpeg:dash:utc:ntp:2014\" value=\"{0}\"/>", Fate.Kept },
        { "chaining:2016@value", "<SupplementalProperty schemeIdUri=\"urn:mpeg:dash:chaining:2016\" value=\"{0}\"/>", Fate.InFull },
        { "fallback:2016@value", "<EssentialProperty schemeIdUri='urn:mpeg:dash:fallback:2016' value='{0} {0}'/>", Fate.InFull },
        { "callback event", "<Period><EventStream schemeIdUri=\"urn:mpeg:dash:event:callback:2015\"><Event>{0}</Event></EventStream></Period>", Fate.InFull },
        { "callback event@messageData", "<Period><EventStream schemeIdUri=\"urn:mpeg:dash:event:callback:2015\"><Event messageData=\"{0}\"/></EventStream></Period>", Fate.InFull },
        { "other event", "<Period><EventStream schemeIdUri=\"urn:x\"><Event messageData=\"{0}\">{0}</Event></EventStream></Period>", Fate.Kept },
        { "InsertPresentation@uri", "<Period><EventStream schemeIdUri=\"urn:x\"><Event><InsertPresentation uri=\"{0}\"/></Event></EventStream></Period>", Fate.InFull },
        { "ReplacePresentation@url", "<Period><EventStream schemeIdUri=\"urn:x\"><Event><ReplacePresentation url=\"{0}\"/></Event></EventStream></Period>", Fate.InFull },
        { "AlternativeMPD@uri", "<Period><EventStream schemeIdUri=\"urn:x\"><Event><AlternativeMPD uri=\"{0}\"/></Event></EventStream></Period>", Fate.InFull },
        { "OverlayEvent@uri", "<Period><EventStream schemeIdUri=\"urn:x\"><Event><OverlayEvent uri=\"{0}\"/></Event></EventStream></Period>", Fate.InFull },
        { "OverlayEvent/Background@uri", "<Period><EventStream schemeIdUri=\"urn:x\"><Event><OverlayEvent><Background uri=\"{0}\"/></OverlayEvent></Event></EventStream></Period>", Fate.InFull },
        { "UrlQueryInfo@xlink:href", "<EssentialProperty schemeIdUri=\"urn:mpeg:dash:urlparam:2014\"><up:UrlQueryInfo xmlns:up=\"urn:mpeg:dash:schema:urlparam:2014\" xlink:href=\"{0}\"/></EssentialProperty>", Fate.InFull },
        { "ExtUrlQueryInfo@xlink:href", "<EssentialProperty schemeIdUri=\"urn:mpeg:dash:urlparam:2016\"><ExtUrlQueryInfo xmlns=\"urn:mpeg:dash:schema:urlparam:2016\" xlink:href=\"{0}\"/></EssentialProperty>", Fate.InFull },
        { "ExtHttpHeaderInfo@xlink:href", "<EssentialProperty schemeIdUri=\"urn:mpeg:dash:urlparam:2016\"><ExtHttpHeaderInfo xmlns=\"urn:mpeg:dash:schema:urlparam:2016\" xlink:href=\"{0}\"/></EssentialProperty>", Fate.InFull },
        { "UrlQueryInfo@queryString", "<EssentialProperty schemeIdUri=\"urn:mpeg:dash:urlparam:2014\"><up:UrlQueryInfo xmlns:up=\"urn:mpeg:dash:schema:urlparam:2014\" queryString=\"{0}\"/></EssentialProperty>", Fate.Kept },
        { "DVB font@dvb:url", "<Period><SupplementalProperty schemeIdUri=\"urn:dvb:dash:fontdownload:2014\" dvb:url=\"{0}\"/></Period>", Fate.InFull },
        { "any descriptor@schemeIdUri", "<SupplementalProperty schemeIdUri=\"{0}\"/>", Fate.Kept },
        { "any descriptor@value", "<SupplementalProperty schemeIdUri=\"urn:x\" value=\"{0}\"/>", Fate.Kept },
        { "EventStream@schemeIdUri", "<Period><EventStream schemeIdUri=\"{0}\"/></Period>", Fate.Kept },
        { "ContentProtection@schemeIdUri", "<ContentProtection schemeIdUri=\"{0}\"/>", Fate.Kept },
        { "OperatingQuality@type", "<ServiceDescription><OperatingQuality type=\"{0}\"/></ServiceDescription>", Fate.Kept },
        { "QualityLatency@type", "<ServiceDescription><Latency><QualityLatency type=\"{0}\"/></Latency></ServiceDescription>", Fate.Kept },
        { "ContentPopularityRate@source_description", "<Period><AdaptationSet><ContentPopularityRate source_description=\"{0}\"/></AdaptationSet></Period>", Fate.Kept },
        { "dashif:Laurl", "<ContentProtection schemeIdUri=\"urn:x\"><dashif:Laurl>{0}</dashif:Laurl></ContentProtection>", Fate.Kept },
    };

    [Theory]
    [MemberData(nameof(Places))]
    public void UrlOfOurs_AtEachPlaceOfTheSchema_HasItsFate(string name, string place, Fate fate)
    {
        var after = fate switch
        {
            Fate.InFull => "http://gw.example/api/v1/playback/TICKET/origin/a/b.x?q=1",
            Fate.ByPath => "/api/v1/playback/TICKET/origin/a/b.x?q=1",
            _ => Url,
        };
        Assert.Equal($"{name}: {Document(place, after)}", $"{name}: {Rewrite(Document(place, Url))}");
    }
}

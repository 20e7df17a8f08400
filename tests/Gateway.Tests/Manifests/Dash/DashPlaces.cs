namespace Gateway.Tests.Manifests.Dash;

/// <summary>Documents with a URL in each place of the schema.</summary>
internal static class DashPlaces
{
    public const string Root = "<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" xmlns:xlink=\"http://www.w3.org/1999/xlink\">";

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
        "<SupplementalProperty schemeIdUri=\"urn:mpeg:dash:chaining:2016\" value=\"{0}\"/>",
        "<Period><EventStream schemeIdUri=\"urn:x\"><Event><OverlayEvent uri=\"{0}\"><Background uri='{0}'/></OverlayEvent></Event></EventStream></Period>",
        "<EssentialProperty schemeIdUri=\"urn:mpeg:dash:urlparam:2014\"><up:UrlQueryInfo xmlns:up=\"urn:mpeg:dash:schema:urlparam:2014\" xlink:href=\"{0}\"/></EssentialProperty>",
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

    public static string Document(string place, string url) => Root + "\n " + place.Replace("{0}", url, StringComparison.Ordinal) + "\r\n</MPD>\n";

    public static string WithoutBase(string document) =>
        document.Replace("<BaseURL>http://gw.example/api/v1/playback/TICKET/origin/titles/demo/</BaseURL>", "", StringComparison.Ordinal);
}

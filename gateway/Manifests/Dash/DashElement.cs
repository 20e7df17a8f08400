namespace Gateway.Manifests.Dash;

/// <summary>Elements that carry URLs, or that decide what a URL inside of them is relative to.</summary>
internal enum DashElement
{
    Other,
    Mpd,
    Period,
    AdaptationSet,
    Representation,
    BaseUrl,
    SegmentTemplate,
    SegmentBase,
    SegmentTimeline,
    SegmentList,
    SegmentUrl,
    Initialization,
    RepresentationIndex,
    BitstreamSwitching,
    Location,
    PatchLocation,
    ContentSteering,
    UtcTiming,
    InitializationSet,
    EventStream,
    Event,

    /// <summary>InsertPresentation, ReplacePresentation, AlternativeMPD: the payload of an alternative-MPD event.</summary>
    AlternativeMpd,
    ImportedMpd,

    /// <summary>OverlayEvent and the Background inside of it: the payload of an overlay event.</summary>
    Overlay,

    /// <summary>UrlQueryInfo, ExtUrlQueryInfo, ExtHttpHeaderInfo (annex I), which may be fetched by xlink:href.</summary>
    UrlQueryInfo,
    SelectionInfo,
    ProgramInformation,

    /// <summary>SupplementalProperty and EssentialProperty; URL-bearing with the schemes of <see cref="DashScheme"/>.</summary>
    Property,
    Patch,

    /// <summary>Operations of a patch document (RFC 5261).</summary>
    PatchAdd,
    PatchReplace,
}

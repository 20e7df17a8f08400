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
    SelectionInfo,
    ProgramInformation,

    /// <summary>SupplementalProperty and EssentialProperty; URL-bearing with DVB's font download scheme.</summary>
    Property,
    Patch,

    /// <summary>Operations of a patch document (RFC 5261).</summary>
    PatchAdd,
    PatchReplace,
}

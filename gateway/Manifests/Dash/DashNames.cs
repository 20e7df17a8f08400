using System.Text;

namespace Gateway.Manifests.Dash;

/// <summary>The names of ISO/IEC 23009-1 and its extensions that matter here.</summary>
internal static class DashNames
{
    /// <summary>Finds an element by its local name; <see cref="DashElement.Other"/> for elements without references.</summary>
    public static DashElement Element(ReadOnlySpan<byte> local) => local.Length switch
    {
        3 => local.SequenceEqual("MPD"u8) ? DashElement.Mpd
            : local.SequenceEqual("add"u8) ? DashElement.PatchAdd : DashElement.Other,
        5 => local.SequenceEqual("Event"u8) ? DashElement.Event
            : local.SequenceEqual("Patch"u8) ? DashElement.Patch : DashElement.Other,
        6 => local.SequenceEqual("Period"u8) ? DashElement.Period : DashElement.Other,
        7 => local.SequenceEqual("BaseURL"u8) ? DashElement.BaseUrl
            : local.SequenceEqual("replace"u8) ? DashElement.PatchReplace : DashElement.Other,
        8 => local.SequenceEqual("Location"u8) ? DashElement.Location : DashElement.Other,
        9 => local.SequenceEqual("UTCTiming"u8) ? DashElement.UtcTiming : DashElement.Other,
        10 => local.SequenceEqual("SegmentURL"u8) ? DashElement.SegmentUrl
            : local.SequenceEqual("Background"u8) ? DashElement.Overlay : DashElement.Other,
        11 => local.SequenceEqual("SegmentList"u8) ? DashElement.SegmentList
            : local.SequenceEqual("SegmentBase"u8) ? DashElement.SegmentBase
            : local.SequenceEqual("EventStream"u8) ? DashElement.EventStream
            : local.SequenceEqual("ImportedMPD"u8) ? DashElement.ImportedMpd : DashElement.Other,
        12 => local.SequenceEqual("OverlayEvent"u8) ? DashElement.Overlay
            : local.SequenceEqual("UrlQueryInfo"u8) ? DashElement.UrlQueryInfo : DashElement.Other,
        13 => local.SequenceEqual("AdaptationSet"u8) ? DashElement.AdaptationSet
            : local.SequenceEqual("PatchLocation"u8) ? DashElement.PatchLocation
            : local.SequenceEqual("SelectionInfo"u8) ? DashElement.SelectionInfo : DashElement.Other,
        14 => local.SequenceEqual("Representation"u8) ? DashElement.Representation
            : local.SequenceEqual("Initialization"u8) ? DashElement.Initialization
            : local.SequenceEqual("AlternativeMPD"u8) ? DashElement.AlternativeMpd : DashElement.Other,
        15 => local.SequenceEqual("SegmentTemplate"u8) ? DashElement.SegmentTemplate
            : local.SequenceEqual("SegmentTimeline"u8) ? DashElement.SegmentTimeline
            : local.SequenceEqual("ExtUrlQueryInfo"u8) ? DashElement.UrlQueryInfo
            : local.SequenceEqual("ContentSteering"u8) ? DashElement.ContentSteering : DashElement.Other,
        17 => local.SequenceEqual("ExtHttpHeaderInfo"u8) ? DashElement.UrlQueryInfo
            : local.SequenceEqual("EssentialProperty"u8) ? DashElement.Property
            : local.SequenceEqual("InitializationSet"u8) ? DashElement.InitializationSet : DashElement.Other,
        18 => local.SequenceEqual("BitstreamSwitching"u8) ? DashElement.BitstreamSwitching
            : local.SequenceEqual("InsertPresentation"u8) ? DashElement.AlternativeMpd
            : local.SequenceEqual("ProgramInformation"u8) ? DashElement.ProgramInformation : DashElement.Other,
        19 => local.SequenceEqual("RepresentationIndex"u8) ? DashElement.RepresentationIndex
            : local.SequenceEqual("ReplacePresentation"u8) ? DashElement.AlternativeMpd : DashElement.Other,
        20 => local.SequenceEqual("SupplementalProperty"u8) ? DashElement.Property : DashElement.Other,
        _ => DashElement.Other,
    };

    /// <summary>Whether an element is a level at which BaseURLs may stand.</summary>
    public static bool IsLevel(DashElement element) =>
        element is DashElement.Mpd or DashElement.Period or DashElement.AdaptationSet or DashElement.Representation;

    /// <summary>Whether a remote document that xlink:href leads to may begin with it.</summary>
    public static bool IsRemoteRoot(DashElement element) =>
        element is DashElement.Period or DashElement.AdaptationSet or DashElement.Representation or DashElement.SegmentList
            or DashElement.EventStream or DashElement.InitializationSet;

    /// <summary>What the URL in the text of an element is relative to; for events and patches the context decides.</summary>
    public static MpdReferenceKind TextPlace(DashElement element) => element switch
    {
        DashElement.BaseUrl => MpdReferenceKind.Base,
        DashElement.Location or DashElement.PatchLocation or DashElement.ContentSteering or DashElement.ImportedMpd => MpdReferenceKind.Document,
        _ => MpdReferenceKind.None,
    };

    /// <summary>What the URL in an attribute without a prefix is relative to; <see cref="MpdReferenceKind.None"/> when it holds no URL.</summary>
    /// <param name="element">The element.</param>
    /// <param name="name">The attribute.</param>
    /// <param name="scheme">That of the descriptor, or of the event stream around it.</param>
    public static MpdReferenceKind AttributePlace(DashElement element, ReadOnlySpan<byte> name, DashScheme scheme)
    {
        switch (element)
        {
            case DashElement.SegmentTemplate:
                return name.SequenceEqual("media"u8) || name.SequenceEqual("initialization"u8) || name.SequenceEqual("index"u8)
                    || name.SequenceEqual("bitstreamSwitching"u8) ? MpdReferenceKind.Segment : MpdReferenceKind.None;
            case DashElement.SegmentUrl:
                return name.SequenceEqual("media"u8) || name.SequenceEqual("index"u8) ? MpdReferenceKind.Segment : MpdReferenceKind.None;
            case DashElement.Initialization or DashElement.RepresentationIndex or DashElement.BitstreamSwitching:
                return name.SequenceEqual("sourceURL"u8) ? MpdReferenceKind.Segment : MpdReferenceKind.None;
            case DashElement.InitializationSet:
                return name.SequenceEqual("initialization"u8) ? MpdReferenceKind.Segment : MpdReferenceKind.None;
            case DashElement.AdaptationSet:
                return name.SequenceEqual("initializationPrincipal"u8) ? MpdReferenceKind.Segment : MpdReferenceKind.None;
            case DashElement.UtcTiming:
                return scheme == DashScheme.HttpClock && name.SequenceEqual("value"u8) ? MpdReferenceKind.DocumentList : MpdReferenceKind.None;
            case DashElement.ContentSteering:
                return name.SequenceEqual("proxyServerURL"u8) ? MpdReferenceKind.Document : MpdReferenceKind.None;
            case DashElement.SelectionInfo:
                return name.SequenceEqual("contactURL"u8) ? MpdReferenceKind.Document : MpdReferenceKind.None;
            case DashElement.ProgramInformation:
                return name.SequenceEqual("moreInformationURL"u8) ? MpdReferenceKind.Document : MpdReferenceKind.None;
            case DashElement.AlternativeMpd:
                return name.SequenceEqual("url"u8) || name.SequenceEqual("uri"u8) ? MpdReferenceKind.Document : MpdReferenceKind.None;
            case DashElement.ImportedMpd:
                return name.SequenceEqual("uri"u8) ? MpdReferenceKind.Document : MpdReferenceKind.None;
            case DashElement.Overlay:
                return name.SequenceEqual("uri"u8) ? MpdReferenceKind.Document : MpdReferenceKind.None;
            case DashElement.Event:
                return scheme == DashScheme.Callback && name.SequenceEqual("messageData"u8) ? MpdReferenceKind.Document : MpdReferenceKind.None;
            case DashElement.Property:
                return scheme == DashScheme.Chaining && name.SequenceEqual("value"u8) ? MpdReferenceKind.DocumentList : MpdReferenceKind.None;
            default:
                return MpdReferenceKind.None;
        }
    }

    /// <summary>What a scheme means for the URLs inside.</summary>
    public static DashScheme Scheme(ReadOnlySpan<byte> uri) =>
        uri.StartsWith("urn:mpeg:dash:utc:http-"u8) ? DashScheme.HttpClock
        : uri.SequenceEqual("urn:mpeg:dash:event:callback:2015"u8) ? DashScheme.Callback
        : uri.SequenceEqual("urn:mpeg:dash:chaining:2016"u8) || uri.SequenceEqual("urn:mpeg:dash:fallback:2016"u8) ? DashScheme.Chaining
        : uri.SequenceEqual("urn:dvb:dash:fontdownload:2014"u8) ? DashScheme.FontDownload
        : DashScheme.Other;

    /// <summary>
    /// Namespaces whose elements are DASH's own: the schema in either spelling that is met in the field, that of patch documents, that of URL parameters.
    /// </summary>
    public static bool IsDashNamespace(ReadOnlySpan<byte> uri)
    {
        var prefix = "urn:mpeg:dash:schema:"u8;
        return uri.Length >= prefix.Length && Ascii.EqualsIgnoreCase(uri[..prefix.Length], prefix);
    }

    public static bool IsXlink(ReadOnlySpan<byte> uri) => uri.SequenceEqual("http://www.w3.org/1999/xlink"u8);
}

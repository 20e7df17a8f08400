namespace Gateway.Manifests.Timeline;

/// <summary>Type of an alternative rendition.</summary>
internal enum RenditionKind
{
    Audio,
    Video,
    Subtitles,
    ClosedCaptions,
}

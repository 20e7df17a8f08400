namespace Gateway.Timelines;

/// <summary>Type of an alternative rendition.</summary>
internal enum RenditionKind
{
    Audio,
    Video,
    Subtitles,
    ClosedCaptions,
}

namespace Gateway.Manifests.Hls;

/// <summary>
/// Limits of one playlist. The scanner is linear in any input; the limits only tell malformed bodies from
/// playlists, so they lie far beyond what packagers write.
/// </summary>
internal static class HlsLimits
{
    /// <summary>Longest line. Inline data (keys, session data, steering manifests as data: URIs, SCTE-35) takes tens of kilobytes.</summary>
    public const int LineBytes = 256 * 1024;

    /// <summary>Attributes of one tag; the richest tags of the standard know about thirty.</summary>
    public const int Attributes = 512;

    /// <summary>Lines of this length and more are cut by players with a line buffer of 4096 bytes (ffmpeg).</summary>
    public const int PortableLineBytes = 4096;

    /// <summary>
    /// Segments and parts that a timeline takes in: more than two days of one-second segments. Segments beyond are served, but
    /// not prefetched. Bounds the memory of a timeline to about 10 MB.
    /// </summary>
    public const int TimelineEntries = 200_000;

    /// <summary>
    /// References with variables filled in, all together. What a playlist says once and uses in every line multiplies: 200 KB used by 30,000 short lines
    /// would be 6 GB. This much is 10,000 references of 1.6 KB.
    /// </summary>
    public const int FilledBytes = 16 * 1024 * 1024;

    /// <summary>Text of all variables of a playlist: values may be made of values, and double with each.</summary>
    public const int VariableChars = 1024 * 1024;

    /// <summary>Text of the addresses of a ladder: a long base before many short names multiplies.</summary>
    public const int LadderAddressChars = 4 * 1024 * 1024;

    /// <summary>Variants and renditions that a ladder takes in; large ones have some hundreds, with pathways and languages multiplied.</summary>
    public const int LadderEntries = 5_000;
}

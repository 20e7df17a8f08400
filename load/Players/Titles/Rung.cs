namespace Gateway.Load.Players.Titles;

/// <summary>One quality to choose, of video or of audio.</summary>
/// <param name="Bandwidth">Declared peak, bit/s: BANDWIDTH or @bandwidth.</param>
/// <param name="AverageBandwidth">Declared mean, bit/s; the peak where none is declared.</param>
/// <param name="Height">Pixels; 0 for audio or when not told.</param>
/// <param name="Playlist">Path of its media playlist; null for DASH.</param>
/// <param name="Track">Its segments where the manifest itself lists them (DASH); null for HLS.</param>
/// <param name="AudioGroup">Of HLS: which audio goes with it; empty for none or muxed.</param>
internal sealed record Rung(long Bandwidth, long AverageBandwidth, int Height, string? Playlist, MediaTrack? Track, string AudioGroup)
{
    /// <summary>From the lowest, 0.</summary>
    public int Index { get; init; }

    /// <summary>Its place in the manifest, from 0.</summary>
    public int Listed { get; init; }

    /// <summary>Declared peak, kbit/s.</summary>
    public int Kbps => (int)(Bandwidth / 1000);

    /// <summary>Where the index of its one file lies, when that lists the segments (DASH SegmentBase).</summary>
    public MediaSegment? SegmentIndex { get; init; }
}

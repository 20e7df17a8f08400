namespace Gateway.Live.Timeline;

/// <summary>One entry of the playlist. Once listed, it never changes.</summary>
/// <param name="Index">Of the chunk; in the whole list also the entry's media sequence number.</param>
/// <param name="Seconds">Duration.</param>
/// <param name="Start">Seconds from the beginning of the stream.</param>
/// <param name="Init">Codec configuration of a segment; null for a gap.</param>
/// <param name="Shifts">For each track of a segment, by how many ticks its decode time is moved; empty for a gap.</param>
/// <param name="IsDiscontinuous">Whether the configuration differs from that of the segment before.</param>
/// <param name="ListedAt">When the entry came into the playlist.</param>
internal sealed record TimelineEntry(int Index, double Seconds, double Start, string? Init, TrackShift[] Shifts, bool IsDiscontinuous, DateTimeOffset ListedAt)
{
    public bool IsGap => Init is null;

    public double End => Start + Seconds;
}

using Gateway.Media;

namespace Gateway.Timelines;

/// <summary>A rung of an <see cref="AlignedLadder"/>.</summary>
/// <param name="Variant">What the manifest says of it.</param>
/// <param name="Timeline">Its segments, as of the last reading.</param>
/// <param name="Playlist">Its media playlist; null for DASH, whose segments stand in the MPD.</param>
internal sealed record AlignedRung(Variant Variant, MediaTimeline Timeline, MediaAddress? Playlist);

namespace Gateway.Prefetch;

/// <summary>
/// How many segments ahead of a viewer. An origin whose slow answers take as long as a segment plays gets more of them under way at once: one more for each segment's time that its 95th
/// percentile of first-byte times lasts, up to the bound. The percentile is of recent answers, so the depth shrinks again as they get quicker. Pure function.
/// </summary>
internal static class LookaheadDepth
{
    /// <summary>For players that do not tell it; most segments last 2 to 6 s.</summary>
    private static readonly TimeSpan UsualSegment = TimeSpan.FromSeconds(4);

    /// <summary>Slow answers below this part of a segment's time are absorbed by the ordinary depth.</summary>
    private const double Noticeable = 0.25;

    /// <param name="usual">Segments ahead while the origin is quick; 0 = no prefetching.</param>
    /// <param name="most">Upper bound, at least <paramref name="usual"/>.</param>
    /// <param name="slow">95th percentile of the origin's first-byte times; null when it is not known.</param>
    /// <param name="segment">Duration of a segment, where it is known.</param>
    public static int Of(int usual, int most, TimeSpan? slow, TimeSpan? segment)
    {
        if (usual == 0 || slow is not { } late) return usual;
        var plays = segment > TimeSpan.Zero ? segment.Value : UsualSegment;
        if (late < plays * Noticeable) return usual;
        return (int)Math.Min(most, usual + Math.Ceiling(late / plays));
    }
}

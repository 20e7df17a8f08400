namespace Gateway.Load.Ingest;

/// <summary>How much is uploaded and watched at once.</summary>
/// <param name="Sessions">Live sessions that upload at a time.</param>
/// <param name="Duration">How long they upload; as long as that, viewers are measured before without any.</param>
/// <param name="StartEvery">Time between two viewers who press Play on a title on demand.</param>
/// <param name="Knobs">For the gateway, as on its command line.</param>
internal sealed record IngestOptions(int Sessions, TimeSpan Duration, TimeSpan StartEvery, IReadOnlyList<string> Knobs)
{
    /// <summary>Length of a chunk.</summary>
    public static readonly TimeSpan Chunk = TimeSpan.FromSeconds(5);

    /// <summary>What is wanted of 95 in 100 chunks: from the confirmation of the upload to the last byte of the segment at a viewer.</summary>
    public static readonly TimeSpan MostUntilPlayable = TimeSpan.FromSeconds(2);

    /// <summary>How much longer viewers on demand may wait for their first segment, at the median, than without uploads: nobody sees that. A ratio would say nothing, since cached titles start in two milliseconds.</summary>
    public static readonly TimeSpan MostLonger = TimeSpan.FromMilliseconds(100);
}

namespace Gateway.Adaptation.Ladders;

/// <summary>True sizes of a title's segments, as far as they are known: of a film from indexes and from what went through the cache, of a made-up title in a simulation all of them.</summary>
internal interface ISegmentSizes
{
    /// <summary>Bytes; 0 = not known.</summary>
    /// <param name="rung">From the lowest, 0.</param>
    /// <param name="number">Ordinal in the title.</param>
    long BytesOf(int rung, long number);
}

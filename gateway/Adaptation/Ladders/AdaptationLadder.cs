using System.Collections.Immutable;

namespace Gateway.Adaptation.Ladders;

/// <summary>The rungs among which a session moves, and what their segments weigh. Immutable but for what <see cref="ISegmentSizes"/> learns; sessions of a title share it.</summary>
internal sealed class AdaptationLadder
{
    private readonly ISegmentSizes? _sizes;

    /// <param name="rungs">From the lowest; at least one.</param>
    /// <param name="segmentSeconds">Usual duration of a segment.</param>
    /// <param name="audioKbps">Of audio that comes beside the video; 0 = muxed or none.</param>
    /// <param name="sizes">True sizes; null = none is known.</param>
    public AdaptationLadder(ImmutableArray<LadderRung> rungs, double segmentSeconds, int audioKbps = 0, ISegmentSizes? sizes = null)
    {
        if (rungs.IsDefaultOrEmpty) throw new ArgumentException("A ladder has at least one rung.", nameof(rungs));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(segmentSeconds);
        Rungs = rungs;
        SegmentSeconds = segmentSeconds;
        AudioKbps = audioKbps;
        _sizes = sizes;
    }

    public ImmutableArray<LadderRung> Rungs { get; }

    /// <summary>Usual duration of a segment.</summary>
    public double SegmentSeconds { get; }

    public int AudioKbps { get; }

    /// <summary>Bits of one segment: true where known, else by the rung's mean.</summary>
    public double BitsOf(int rung, long number)
    {
        var known = number >= 0 && _sizes is not null ? _sizes.BytesOf(rung, number) : 0;
        return known > 0 ? known * 8.0 : Rungs[rung].AverageKbps * 1000.0 * SegmentSeconds;
    }

    /// <summary>Bits of the video from one segment on.</summary>
    /// <param name="rung">From the lowest, 0.</param>
    /// <param name="number">The first; below 0 = not known.</param>
    /// <param name="segments">How many.</param>
    public double BitsOf(int rung, long number, int segments)
    {
        var bits = 0.0;
        for (var i = 0; i < segments; i++) bits += BitsOf(rung, number < 0 ? number : number + i);
        return bits;
    }

    /// <summary>Segments that begin within so much media, at least one.</summary>
    public int SegmentsIn(double seconds) => Math.Max((int)Math.Ceiling((seconds / SegmentSeconds) - 1e-6), 1);

    /// <summary>The highest rung whose declared peak is within a rate; the lowest where none is (S1.42).</summary>
    public int Within(double kbps)
    {
        var rung = 0;
        while (rung + 1 < Rungs.Length && Rungs[rung + 1].Kbps <= kbps) rung++;
        return rung;
    }
}

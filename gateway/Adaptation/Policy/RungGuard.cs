using Gateway.Adaptation.Ladders;

namespace Gateway.Adaptation.Policy;

/// <summary>
/// The highest rung whose next segments come while the buffer lasts: their true sizes, with the audio beside them, at the rate given, within a part of the buffer.
/// A rung that passes with much in the buffer does not with little, so the cap falls as the buffer does.
/// </summary>
/// <param name="bufferShare">Part of the buffer that loading may take.</param>
/// <param name="horizonSeconds">Media that is looked ahead, at least one segment.</param>
internal sealed class RungGuard(double bufferShare, double horizonSeconds)
{
    /// <param name="ladder">The rungs.</param>
    /// <param name="number">First segment that is looked at; below 0 = not known.</param>
    /// <param name="bufferSeconds">Media in front of the playhead.</param>
    /// <param name="bitsPerSecond">What the line is taken to carry.</param>
    /// <returns>From the lowest, 0; that one also where none is safe.</returns>
    public int Highest(AdaptationLadder ladder, long number, double bufferSeconds, double bitsPerSecond)
    {
        var segments = ladder.SegmentsIn(horizonSeconds);
        var audio = ladder.AudioKbps * 1000.0 * segments * ladder.SegmentSeconds;
        var budget = (bitsPerSecond * bufferShare * bufferSeconds) - audio;
        for (var rung = ladder.Rungs.Length - 1; rung > 0; rung--)
        {
            if (ladder.BitsOf(rung, number, segments) <= budget) return rung;
        }

        return 0;
    }
}

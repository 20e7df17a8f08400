using Gateway.Adaptation.Bandwidth;
using Gateway.Adaptation.Ladders;
using Gateway.Adaptation.Players;

namespace Gateway.Adaptation.Policy;

/// <summary>
/// The rung of each segment of the rendition <c>auto</c>. A player that plays it chooses nothing, and cannot leave a segment that turns out too large, so the buffer decides how much of the line may be spent:
/// nothing beyond the lowest rung while it is empty, most of what the line carries once it holds what the line is likely to need.
/// </summary>
/// <remarks>
/// A rung has to pass three tests, by the true sizes of the next segments with the audio beside them:
/// 1. Its rate over the next <see cref="SpendSeconds"/> is within a part of the smaller of the two means. The part grows with the buffer up to <see cref="MostSpent"/> at a full one. What counts as full is half a
///    minute, and the more the longer the line was seen near or below what the lowest rung needs: such lines stop for a minute, and only what is held carries over that. Of a player that holds less, it is most of
///    what it holds.
/// 2. The next <see cref="NearSeconds"/> come within about half the buffer at the rate of the last second.
/// 3. The next segment alone comes within one and a half buffers at the worst rate of the last minutes: a player on a single rendition has to wait for it, however slow it gets.
/// It goes up by one rung at a time. The numbers were chosen on half of the traces and judged on the other half (docs/adaptation.md).
/// </remarks>
internal static class AutoChoice
{
    private const double SpendSeconds = 12;
    private const double NearSeconds = 6;
    private const double MostSpent = 0.9;
    private const double NearShare = 0.55;
    private const double WorstShare = 1.6;
    private const double LeastWorst = 0.1;
    private const double StayFactor = 1.1;

    /// <summary>Seconds that a full buffer holds on a line without risk, and what full risk adds.</summary>
    private const double FullSeconds = 30;

    private const double RiskSeconds = 400;
    private const double SafeDeviations = 2.5;
    private const double LimitShare = 0.9;

    /// <summary>hls.js on a page that limits its buffer: by itself it spends 0.7 of the line and gives a late segment up, so that the same parts as for the others would stall more than it does alone.</summary>
    private const double ShortSeconds = 60;

    private const double MostSpentShort = 0.75;
    private const double WorstShareShort = 0.5;

    /// <param name="ladder">The rungs.</param>
    /// <param name="player">Who plays.</param>
    /// <param name="number">The segment; below 0 = not known.</param>
    /// <param name="rate">Of the line; known.</param>
    /// <param name="bufferSeconds">Media in front of the playhead.</param>
    /// <param name="limitSeconds">Most that the player holds.</param>
    /// <param name="before">Rung of the segment before; -1 for none.</param>
    public static int Rung(AdaptationLadder ladder, PlayerClass player, long number, DeliveryRate rate, double bufferSeconds, double limitSeconds, int before)
    {
        var full = Math.Min(FullSeconds + (RiskSeconds * RiskOf(ladder, rate)), limitSeconds * LimitShare);
        var isShort = limitSeconds < ShortSeconds && player == PlayerClass.HlsJs;
        var spent = Math.Min(rate.Fast, rate.Slow) * (isShort ? MostSpentShort : MostSpent) * Math.Clamp(bufferSeconds / full, 0, 1);
        var near = Math.Min(rate.Last, rate.Fast) * NearShare * bufferSeconds;
        var worst = Math.Max(rate.Trough, rate.Slow * LeastWorst) * (isShort ? WorstShareShort : WorstShare) * bufferSeconds;
        var top = before < 0 ? ladder.Rungs.Length - 1 : Math.Min(before + 1, ladder.Rungs.Length - 1);
        for (var rung = top; rung > 0; rung--)
        {
            if (Need(ladder, rung, number, SpendSeconds, out var seconds) > spent * seconds * (rung <= before ? StayFactor : 1)) continue;
            if (Need(ladder, rung, number, NearSeconds, out _) > near) continue;
            if (ladder.BitsOf(rung, number) <= worst) return rung;
        }

        return 0;
    }

    /// <summary>Most seconds that a class of players holds of a single rendition, before it was seen to rest.</summary>
    public static double LimitOf(PlayerClass player) => player switch
    {
        PlayerClass.HlsJs => 600,
        PlayerClass.Shaka => 10,
        _ => 30,
    };

    /// <summary>From 0, the line was always far above what the lowest rung needs, to 1; in deviations of the rate's logarithm.</summary>
    private static double RiskOf(AdaptationLadder ladder, DeliveryRate rate)
    {
        var lowest = (ladder.Rungs[0].AverageKbps + ladder.AudioKbps) * 1000.0;
        return Math.Clamp(1 - (rate.DeviationsAbove(lowest) / SafeDeviations), 0, 1);
    }

    private static double Need(AdaptationLadder ladder, int rung, long number, double ahead, out double seconds)
    {
        var segments = ladder.SegmentsIn(ahead);
        seconds = segments * ladder.SegmentSeconds;
        return ladder.BitsOf(rung, number, segments) + (ladder.AudioKbps * 1000.0 * seconds);
    }
}

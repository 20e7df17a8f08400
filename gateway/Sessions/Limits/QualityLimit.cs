using System.Collections.Immutable;
using Gateway.Sessions.Registry;

namespace Gateway.Sessions.Limits;

/// <summary>
/// Turns the viewer's quality into a limit on a title's ladder. The limit is relative to the ladder, not a fixed bitrate, because a film's lowest rung is above a song's highest:
/// <c>original</c> and <c>high</c> leave it as it is, <c>medium</c> keeps its lower half, <c>low</c> its lowest rung. Among these the player chooses.
/// </summary>
internal static class QualityLimit
{
    /// <summary>Highest bitrate of the session in kbit/s; 0 = no limit. Never above what the viewer may have.</summary>
    /// <param name="quality">What the viewer chose.</param>
    /// <param name="rungs">Bitrates of the title's rungs in bit/s, rising; empty where nothing is to be chosen.</param>
    /// <param name="allowedKbps">What the viewer may have; 0 = no limit.</param>
    public static int KbpsFor(PlaybackQuality quality, ImmutableArray<long> rungs, int allowedKbps)
    {
        var offered = Offered(rungs, allowedKbps);
        if (offered.IsEmpty || quality is PlaybackQuality.Original or PlaybackQuality.High) return allowedKbps;
        var top = quality == PlaybackQuality.Low ? offered[0] : offered[(offered.Length - 1) / 2];
        var kbps = (int)Math.Min((top + 999) / 1000, int.MaxValue);
        return allowedKbps > 0 ? Math.Min(kbps, allowedKbps) : kbps;
    }

    /// <summary>The rungs that a limit leaves: never none.</summary>
    public static ImmutableArray<long> Offered(ImmutableArray<long> rungs, int maxKbps) =>
        rungs.IsDefaultOrEmpty || maxKbps == 0 ? (rungs.IsDefault ? [] : rungs) : [.. rungs.Where(r => r <= Math.Max(maxKbps * 1000L, rungs[0]))];
}

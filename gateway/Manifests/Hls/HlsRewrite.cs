using System.Runtime.InteropServices;

namespace Gateway.Manifests.Hls;

/// <summary>Result of rewriting one playlist.</summary>
/// <param name="Outcome">How it ended. Output is complete with <see cref="HlsOutcome.Rewritten"/> and worthless with any failure.</param>
/// <param name="Kind">What the playlist lists.</param>
/// <param name="OverlongLines">
/// Lines that only the gateway's own path made longer than <see cref="HlsLimits.PortableLineBytes"/>. They are written all the same: most players
/// have no such limit, and those that have one would be no better off with an upstream URL that leads past the gateway.
/// </param>
/// <param name="UnknownVariables">References with variables whose value is not known here; see <see cref="HlsVariables"/>.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct HlsRewrite(HlsOutcome Outcome, HlsPlaylistKind Kind, int OverlongLines, int UnknownVariables)
{
    /// <summary>
    /// Whether nothing was looked up for it: all its references are plain relative paths below a playlist that the player knows by the mapped form of its URL, so that it stands
    /// as it is for every session.
    /// </summary>
    public bool StandsForAll { get; init; }

    /// <summary>Where its references stand, if all are plain relative paths and were replaced; else null.</summary>
    public HlsPlainPlaces? PlainPlaces { get; init; }

    public bool Succeeded => Outcome is HlsOutcome.Rewritten or HlsOutcome.Unchanged;
}

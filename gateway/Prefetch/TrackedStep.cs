using System.Runtime.InteropServices;

namespace Gateway.Prefetch;

/// <summary>Effect of one request on the tracked positions.</summary>
/// <param name="Slot">Number of the position, from 0; -1 for a resource of no loaded manifest.</param>
/// <param name="Found">Number of following entries written.</param>
/// <param name="Moved">The player sought or switched: the earlier lookahead of this position is outdated.</param>
/// <param name="Left">Bit mask of positions that turned out to have been left.</param>
/// <param name="Duration">Playing time of the requested segment.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TrackedStep(int Slot, int Found, bool Moved, int Left, TimeSpan Duration)
{
    public static TrackedStep Nowhere { get; } = new(-1, 0, false, 0, TimeSpan.Zero);
}

using System.Runtime.InteropServices;

namespace Gateway.Prefetch;

/// <summary>What one request meant for a viewer's place.</summary>
/// <param name="Slot">Number of the place, from 0; -1 for what belongs to no loaded manifest.</param>
/// <param name="Found">Entries written that come next.</param>
/// <param name="Moved">The viewer sought or switched: what was wanted for this place before is outdated.</param>
/// <param name="Left">Bit mask of places that turned out to have been left.</param>
/// <param name="Duration">How long plays what was asked for.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TrackedStep(int Slot, int Found, bool Moved, int Left, TimeSpan Duration)
{
    public static TrackedStep Nowhere { get; } = new(-1, 0, false, 0, TimeSpan.Zero);
}

using System.Runtime.InteropServices;

namespace Gateway.Load.Players;

/// <summary>The picture stood although the viewer wanted it to move.</summary>
/// <param name="At">By the run's clock.</param>
/// <param name="Duration">Up to the moment when it moved again, or the player ended.</param>
/// <param name="Cause">What was missing when it began.</param>
/// <param name="Position">Media time.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Stall(TimeSpan At, TimeSpan Duration, StallCause Cause, TimeSpan Position);

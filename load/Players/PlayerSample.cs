using System.Runtime.InteropServices;

namespace Gateway.Load.Players;

/// <summary>A look at a player, for charts. Samples are thinned out to half when there are too many, so a long run costs no more memory than a short one.</summary>
/// <param name="Seconds">Since the player's start.</param>
/// <param name="BufferSeconds">Media ahead.</param>
/// <param name="Kbps">Declared rate of what is on the screen; 0 before the first picture.</param>
/// <param name="Phase">What the viewer saw.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PlayerSample(float Seconds, float BufferSeconds, int Kbps, PlayerPhase Phase);

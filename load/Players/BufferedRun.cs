using System.Runtime.InteropServices;

namespace Gateway.Load.Players;

/// <summary>A stretch of media in the buffer.</summary>
/// <param name="Start">Seconds of media time.</param>
/// <param name="End">Seconds of media time.</param>
/// <param name="Rung">From the lowest, 0.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct BufferedRun(double Start, double End, int Rung);

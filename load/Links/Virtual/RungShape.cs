using System.Runtime.InteropServices;

namespace Gateway.Load.Links.Virtual;

/// <summary>One rung of a made-up title.</summary>
/// <param name="Kbps">Mean.</param>
/// <param name="Height">Pixels.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RungShape(int Kbps, int Height);

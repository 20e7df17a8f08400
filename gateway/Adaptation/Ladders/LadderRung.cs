using System.Runtime.InteropServices;

namespace Gateway.Adaptation.Ladders;

/// <summary>One rung of a ladder as adaptation sees it.</summary>
/// <param name="Kbps">Declared peak as the player compares it with <c>mb</c>: of HLS BANDWIDTH, of DASH video and audio together.</param>
/// <param name="AverageKbps">Mean of the video's bytes; where none is declared, the peak without audio.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LadderRung(int Kbps, int AverageKbps);

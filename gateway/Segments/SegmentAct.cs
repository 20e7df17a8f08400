using System.Runtime.InteropServices;
using Gateway.Adaptation;
using Gateway.Media;

namespace Gateway.Segments;

/// <summary>What is done about one answer.</summary>
/// <param name="Address">The object that answers: what was asked for, or of the rendition <c>auto</c> the chosen rung's segment.</param>
/// <param name="Decision">What was decided.</param>
/// <param name="IsChosen">The gateway chose the object, so that the URL means different bytes at different times.</param>
/// <param name="Kbps">Declared bitrate of the rung that answers; 0 for what is no rung.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SegmentAct(MediaAddress Address, AdaptationDecision Decision, bool IsChosen, int Kbps);

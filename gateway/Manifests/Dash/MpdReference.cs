using System.Runtime.InteropServices;

namespace Gateway.Manifests.Dash;

/// <summary>A URL that may have to change.</summary>
/// <param name="Kind">What it is relative to.</param>
/// <param name="Level">Index of the level it belongs to.</param>
/// <param name="Start">First byte; surrounding white space is outside, except for <see cref="DashSpelling.Mixed"/>.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Spelling">How its characters are written.</param>
/// <param name="NextBase">For a BaseURL, index of the next one of the same level; -1 for the last.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct MpdReference(MpdReferenceKind Kind, int Level, int Start, int Length, DashSpelling Spelling, int NextBase = -1);

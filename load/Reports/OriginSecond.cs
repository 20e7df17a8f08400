using System.Runtime.InteropServices;

namespace Gateway.Load.Reports;

/// <summary>What was asked of the origin in one second of the run.</summary>
/// <param name="Second">From the start of the run.</param>
/// <param name="Requests">For parts of titles.</param>
/// <param name="Again">Those of them for what had been asked for before.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct OriginSecond(int Second, long Requests, long Again);

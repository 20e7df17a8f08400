using System.Runtime.InteropServices;

namespace Gateway.Manifests.Dash;

/// <summary>A base against which references are resolved.</summary>
/// <param name="Map">Resolves against it; null when it is no http(s) URL, so that nothing relative to it means anything.</param>
/// <param name="IsOurs">
/// Whether references below it have to be mapped. Not so below a foreign host, or below a base that was mapped before: there, a reference that does not
/// name a host of its own stays as it is.
/// </param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DashBase(ReferenceMap? Map, bool IsOurs);

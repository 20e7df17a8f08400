using System.Runtime.InteropServices;

namespace Gateway.Manifests.Dash;

/// <summary>What references are resolved against.</summary>
/// <param name="Map">Resolves against it; null when it is no http(s) URL, so that nothing relative to it means anything.</param>
/// <param name="IsOurs">
/// Whether it is for us to see that references arrive. Not so below a foreign host, or below what was mapped before: there, whatever does not
/// name a host of its own stays.
/// </param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DashBase(ReferenceMap? Map, bool IsOurs);

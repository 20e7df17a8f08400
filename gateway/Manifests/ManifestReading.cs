using System.Runtime.InteropServices;

namespace Gateway.Manifests;

/// <summary>Result of reading a response as a manifest.</summary>
/// <param name="Manifest">Null when it is none.</param>
/// <param name="Refusal">Why not.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ManifestReading(UpstreamManifest? Manifest, ManifestOutcome Refusal);

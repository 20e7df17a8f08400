using Gateway.Manifests.Dash;

namespace Gateway.Manifests;

/// <summary>An MPD with a patch applied to it.</summary>
/// <param name="To">Version of the MPD before.</param>
/// <param name="Manifest">The MPD after.</param>
internal sealed record PatchedManifest(UInt128 To, DashMpd Manifest);

using System.Collections.Immutable;
using Gateway.Media;

namespace Gateway.Prefetch;

/// <summary>An MPD that a viewer has, of which patches may follow.</summary>
/// <param name="Address">Where it was loaded.</param>
/// <param name="Url">Where it came from: the base of what it refers to, and of what its patches refer to.</param>
/// <param name="Document">As of the last patch; shared by all who have this version.</param>
/// <param name="Version">Identifies it.</param>
/// <param name="Patches">Where its patches lie, and where the last one lay.</param>
internal sealed record PatchableManifest(MediaAddress Address, string Url, byte[] Document, UInt128 Version, ImmutableArray<MediaAddress> Patches);

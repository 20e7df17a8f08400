using System.Collections.Immutable;
using Gateway.Media;

namespace Gateway.Prefetch;

/// <summary>An MPD that a session has loaded and that patches may follow.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Url">Its URL after redirects: the base of its references and of those in its patches.</param>
/// <param name="Document">The document after the last patch; shared by all sessions that have this version.</param>
/// <param name="Version">Identifies the version.</param>
/// <param name="Patches">Addresses of its patches, and of the last one.</param>
internal sealed record PatchableManifest(MediaAddress Address, string Url, byte[] Document, UInt128 Version, ImmutableArray<MediaAddress> Patches);

namespace Gateway.Sessions.Api;

/// <summary>What the session will play.</summary>
/// <param name="Protocol"><c>hls</c>, <c>dash</c> or <c>file</c>.</param>
/// <param name="SourceType">Where it comes from: <c>library</c>, or the cluster that the client named.</param>
/// <param name="Quality">What the viewer chose.</param>
/// <param name="ManifestProfile"><c>startup_single</c> or <c>steady_state_dual</c>: one rendition to start with, or several to choose among.</param>
/// <param name="Codec">RFC 6381 list, where it is known.</param>
/// <param name="BitrateKbps">Highest bitrate that will be played, where it is known.</param>
internal sealed record PlaybackProfile(string Protocol, string SourceType, string Quality, string ManifestProfile, string? Codec, int? BitrateKbps);

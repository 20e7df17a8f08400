namespace TranscoderStub.Transcodes;

/// <summary>Body of <c>POST /transcode/start</c>.</summary>
/// <param name="MediaId">Name of a library file, or any name for what <paramref name="SourceUrl"/> gives.</param>
/// <param name="SourceUrl">Where the bytes are, by Range; absent: in the library.</param>
/// <param name="SourceToken">Bearer credential for that address.</param>
/// <param name="Profile">Rung to begin with: a profile's name, or <c>original</c>, or <c>auto</c> (by bandwidth); absent: <c>auto</c>.</param>
/// <param name="BandwidthKbps">Estimate of the viewer's line.</param>
/// <param name="JitterKbps">How much that varies.</param>
/// <param name="StartPositionSec">Where playback begins; made first.</param>
/// <param name="SessionId">Who holds the transcode; it ends with its last holder.</param>
/// <param name="Format"><c>cmaf</c> (default), <c>ts</c>, <c>opus</c>, <c>webm</c>.</param>
/// <param name="SegmentSec">Other length of segments, 1 to 60.</param>
/// <param name="OverlapSec">How much longer each chunk is, with <c>webm</c>; 0 to the length of a chunk.</param>
/// <param name="Enhanced">Whether the sound is changed.</param>
/// <param name="Preset">How.</param>
/// <param name="Intensity">How much, 0 to 1.</param>
internal sealed record StartRequest(
    string? MediaId, string? SourceUrl, string? SourceToken, string? Profile, double? BandwidthKbps, double? JitterKbps, double? StartPositionSec, string? SessionId,
    string? Format, double? SegmentSec, double? OverlapSec, bool? Enhanced, string? Preset, double? Intensity);

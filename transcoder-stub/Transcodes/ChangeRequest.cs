namespace TranscoderStub.Transcodes;

/// <summary>Body of <c>PATCH /transcode/{id}</c>; the fields are those of <see cref="StartRequest"/>.</summary>
internal sealed record ChangeRequest(string? SessionId, string? Profile, double? BandwidthKbps, double? JitterKbps, double? PositionSec);

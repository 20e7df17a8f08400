namespace Gateway.Responses.History;

/// <summary>The parts of a start-up as a player tells of them, in milliseconds, each from the end of the one before; null for what it does not tell.</summary>
internal sealed record StartParts(double? CreateMs, double? ManifestMs, double? FirstSegmentMs, double? PictureMs, double? TotalMs);

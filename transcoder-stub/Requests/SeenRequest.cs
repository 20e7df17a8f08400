namespace TranscoderStub.Requests;

/// <summary>One request as it came in.</summary>
internal sealed record SeenRequest(DateTimeOffset Time, string Method, string Path, string Query, string? Range);

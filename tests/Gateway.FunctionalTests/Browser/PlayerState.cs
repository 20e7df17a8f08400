namespace Gateway.FunctionalTests.Browser;

/// <summary>What the page publishes as <c>window.playerState</c>; the shape is documented in wwwroot/js/state.js.</summary>
internal sealed record PlayerState(
    string Phase,
    string? SessionId,
    string? GatewaySession,
    bool Live,
    double Position,
    RenditionState? Rendition,
    double BufferSeconds,
    double? LatencySeconds,
    double? StartupSeconds,
    int Rebuffers,
    double RebufferSeconds,
    long TotalFrames,
    SourceCounts Sources,
    FailureMessages? FatalError,
    bool Ended);

internal sealed record RenditionState(int Width, int Height, double BitsPerSecond);

internal sealed record SourceCounts(int Buffer, int Cache, int Origin, int Unknown);

internal sealed record FailureMessages(string Headline, string Detail, string Advice, string Code, int Status);

namespace Gateway.Live.Sessions;

/// <summary>Reply of a renewal.</summary>
internal sealed record TokenReply(string Token, DateTimeOffset ExpiresAt);

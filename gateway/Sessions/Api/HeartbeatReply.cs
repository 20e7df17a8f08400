namespace Gateway.Sessions.Api;

/// <summary>Answer to a heartbeat.</summary>
internal sealed record HeartbeatReply(DateTimeOffset ExpiresAt);

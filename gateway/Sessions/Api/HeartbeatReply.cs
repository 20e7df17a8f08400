namespace Gateway.Sessions.Api;

/// <summary>The reply to a heartbeat.</summary>
internal sealed record HeartbeatReply(DateTimeOffset ExpiresAt);

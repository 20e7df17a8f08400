namespace Gateway.Sessions.Control;

/// <summary>Answer to a heartbeat.</summary>
internal sealed record HeartbeatReply(DateTimeOffset ExpiresAt);

namespace Gateway.Sessions.Api;

/// <summary>The reply to reported events.</summary>
internal sealed record EventsReply(int Accepted);

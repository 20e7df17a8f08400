namespace Gateway.Sessions.Api;

/// <summary>Answer to reported events.</summary>
internal sealed record EventsReply(int Accepted);

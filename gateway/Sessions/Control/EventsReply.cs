namespace Gateway.Sessions.Control;

/// <summary>Answer to reported events.</summary>
internal sealed record EventsReply(int Accepted);

namespace Gateway.Admin;

/// <summary>How many sessions were ended on this node; on the others they end within a second.</summary>
internal sealed record EndedReply(int Ended);

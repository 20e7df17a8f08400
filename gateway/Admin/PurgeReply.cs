namespace Gateway.Admin;

/// <summary>How many objects a purge took out of the cache.</summary>
internal sealed record PurgeReply(int Purged);

namespace Gateway.Admin;

/// <summary>How many objects a purge removed from the cache.</summary>
internal sealed record PurgeReply(int Purged);

namespace Gateway.Admin;

/// <summary>What a purge did. What it names is not served any more, from memory or from disk, whatever stands here.</summary>
/// <param name="Purged">Objects removed from memory; those on disk are dead without having been looked at.</param>
/// <param name="Disk"><c>off</c>; <c>written</c>, it outlives the process; <c>pending</c>, the disk has not taken it yet, and a process that is killed before that forgets it.</param>
internal sealed record PurgeReply(int Purged, string Disk);

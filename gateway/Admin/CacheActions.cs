using Gateway.Caching;
using Gateway.Caching.Disk;
using Gateway.Caching.Eviction;
using Gateway.Problems;

namespace Gateway.Admin;

/// <summary>The operators' routes for the cache: what it holds in memory and on disk, and what is to go.</summary>
internal static class CacheActions
{
    public static void Map(RouteGroupBuilder admin)
    {
        admin.MapMethods("/cache", [HttpMethods.Get, HttpMethods.Head], (MediaCache cache, CacheDisk disk) => TypedResults.Json(SnapshotOf(cache, disk.Tier), AdminJson.Default.CacheSnapshot));
        admin.MapPost("/cache/purge", PurgeAsync);
    }

    private static CacheSnapshot SnapshotOf(MediaCache cache, DiskTier? disk)
    {
        var figures = cache.Statistics();
        return new CacheSnapshot
        {
            Bytes = figures.Bytes,
            LimitBytes = figures.LimitBytes,
            Entries = figures.Entries,
            Fetches = figures.Fetches,
            Pressure = figures.Pressure switch
            {
                CachePressure.Normal => "normal",
                CachePressure.High => "high",
                _ => "critical",
            },
            LentBytes = figures.LentBytes,
            IdleBytes = figures.IdleBytes,
            Requests = figures.Requests,
            Evictions = figures.Evictions,
            Disk = new DiskSnapshot
            {
                State = (disk?.State ?? DiskState.Off).ToString().ToLowerInvariant(),
                Trouble = disk?.Health.Trouble,
                Bytes = disk?.Bytes ?? 0,
                LimitBytes = disk?.LimitBytes ?? 0,
                Entries = disk?.Entries ?? 0,
            },
        };
    }

    /// <summary>Purges everything below a path; the prefix is required, so that a forgotten parameter does not empty the cache.</summary>
    private static async Task PurgeAsync(HttpContext context, MediaCache cache, Audit audit, string? prefix, string? cluster)
    {
        if (prefix is null || !prefix.StartsWith('/'))
        {
            await ProblemDocument.WriteAsync(context, ProblemCode.InvalidRequest, new ProblemNotes { Fields = [("prefix", "must begin with a slash; / is everything")] });
            return;
        }

        var (removed, onDisk) = cache.Purge(cluster, prefix);
        audit.Tell(context, "cache.purge", cluster is null ? prefix : $"{cluster} {prefix}", removed);
        var disk = onDisk is null ? "off" : await onDisk ? "written" : "pending";
        await context.Response.WriteAsJsonAsync(new PurgeReply(removed, disk), AdminJson.Default.PurgeReply, cancellationToken: context.RequestAborted);
    }
}

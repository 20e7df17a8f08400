using System.Text.Json.Serialization;
using Gateway.Access;
using Gateway.Caching;
using Gateway.Problems;

namespace Gateway;

/// <summary>The cache for operators: its figures, and purging by prefix.</summary>
internal static partial class CacheRoutes
{
    public static void MapCache(this WebApplication app)
    {
        var admin = app.MapGroup("/admin/cache").ForOperatorsOnly();
        admin.MapGet("/", (Cellar cellar) => TypedResults.Json(cellar.Statistics(), CacheJson.Default.CellarStatistics));
        admin.MapPost("/purge", PurgeAsync);
    }

    /// <summary>A prefix is needed, be it <c>/</c>: nobody empties a cache by leaving something out.</summary>
    private static Task PurgeAsync(HttpContext context, Cellar cellar, string? prefix, string? cluster)
    {
        if (prefix is not ['/', ..])
        {
            return ProblemDocument.WriteAsync(context, ProblemCode.InvalidRequest, new ProblemNotes
            {
                Fields = [("prefix", "Give the beginning of the upstream paths to drop, with its slash: ?prefix=/films/1/ (and &cluster=origin for one cluster only).")],
            });
        }

        var purged = new PurgeReply(cellar.Purge(cluster, prefix));
        return context.Response.WriteAsJsonAsync(purged, CacheJson.Default.PurgeReply, null, context.RequestAborted);
    }

    /// <param name="Purged">Objects that went.</param>
    internal sealed record PurgeReply(int Purged);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
    [JsonSerializable(typeof(CellarStatistics))]
    [JsonSerializable(typeof(PurgeReply))]
    private sealed partial class CacheJson : JsonSerializerContext;
}

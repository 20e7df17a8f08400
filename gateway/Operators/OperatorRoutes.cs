using Gateway.Access;
using Gateway.Caching;
using Gateway.Origin;
using Gateway.Problems;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace Gateway.Operators;

/// <summary>What operators see and do: here the cache, the origins and the page that shows all of it; sessions in <see cref="SessionActions"/>.</summary>
internal static class OperatorRoutes
{
    private static readonly PathString Page = "/admin";

    private static readonly string[] Read = [HttpMethods.Get, HttpMethods.Head];

    public static IServiceCollection AddOperators(this IServiceCollection services)
    {
        services.TryAddSingleton<Audit>();
        return services;
    }

    /// <summary>The operator's page is for whom the operators' routes are for.</summary>
    public static void UseOperatorPage(this WebApplication app)
    {
        var door = app.Services.GetRequiredService<AdminDoor>();
        var refuse = app.Services.GetRequiredService<Door>();
        app.Use((context, next) =>
            !context.Request.Path.StartsWithSegments(Page, StringComparison.OrdinalIgnoreCase) || door.ShowsPage(context)
                ? next(context)
                : refuse.RefuseAsync(context, AccessDenial.Admin));
    }

    public static void MapOperators(this WebApplication app)
    {
        var admin = app.MapGroup("/admin").ForOperatorsOnly();
        SessionActions.Map(admin);
        admin.MapMethods("/cache", Read, (Cellar cellar) => TypedResults.Json(PictureOf(cellar), OperatorJson.Default.CachePicture));
        admin.MapPost("/cache/purge", Purge);
        admin.MapMethods("/origins", Read, (IProxyStateLookup clusters, DestinationCircuits circuits) =>
            TypedResults.Json(PicturesOf(clusters, circuits), OperatorJson.Default.DestinationPictureArray));
    }

    private static CachePicture PictureOf(Cellar cellar)
    {
        var figures = cellar.Statistics();
        return new CachePicture
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
        };
    }

    /// <summary>Everything below a path goes; the prefix must be said, so that a forgotten parameter does not empty the cache.</summary>
    private static async Task Purge(HttpContext context, Cellar cellar, Audit audit, string? prefix, string? cluster)
    {
        if (prefix is null || !prefix.StartsWith('/'))
        {
            await ProblemDocument.WriteAsync(context, ProblemCode.InvalidRequest, new ProblemNotes { Fields = [("prefix", "must begin with a slash; / is everything")] });
            return;
        }

        var purged = cellar.Purge(cluster, prefix);
        audit.Tell(context, "cache.purge", cluster is null ? prefix : $"{cluster} {prefix}", purged);
        await context.Response.WriteAsJsonAsync(new PurgeReply(purged), OperatorJson.Default.PurgeReply, cancellationToken: context.RequestAborted);
    }

    private static DestinationPicture[] PicturesOf(IProxyStateLookup clusters, DestinationCircuits circuits)
    {
        var pictures = new List<DestinationPicture>();
        foreach (var cluster in clusters.GetClusters())
        {
            foreach (var destination in cluster.DestinationsState.AllDestinations)
            {
                pictures.Add(new DestinationPicture
                {
                    Cluster = cluster.ClusterId,
                    Destination = destination.DestinationId,
                    Address = WithoutCredentials(destination.Model.Config.Address),
                    Active = Word(destination.Health.Active),
                    Passive = Word(destination.Health.Passive),
                    CircuitOpen = circuits.IsOpen(destination),
                    InFlight = destination.ConcurrentRequestCount,
                });
            }
        }

        return [.. pictures.OrderBy(p => p.Cluster, StringComparer.Ordinal).ThenBy(p => p.Destination, StringComparer.Ordinal)];
    }

    private static string WithoutCredentials(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var url) ? url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped) : "";

    private static string Word(DestinationHealth health) => health switch
    {
        DestinationHealth.Healthy => "healthy",
        DestinationHealth.Unhealthy => "unhealthy",
        _ => "unknown",
    };
}

using Gateway.Access;
using Gateway.Origin;
using Gateway.Sessions.Registry;
using Gateway.Telemetry;
using Gateway.Telemetry.Samples;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace Gateway.Admin;

/// <summary>The operators' routes for origins, samples, this node and their page; those for the cache are in <see cref="CacheActions"/>, those for sessions in <see cref="SessionActions"/>.</summary>
internal static class AdminRoutes
{
    private static readonly PathString Page = "/admin";

    private static readonly string[] Read = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>The operator's page is for the same callers as the operators' routes.</summary>
    public static void UseAdminPage(this WebApplication app)
    {
        var filter = app.Services.GetRequiredService<AdminFilter>();
        var refuse = app.Services.GetRequiredService<Authenticator>();
        app.Use((context, next) =>
            !context.Request.Path.StartsWithSegments(Page, StringComparison.OrdinalIgnoreCase) || filter.ShowsPage(context)
                ? next(context)
                : refuse.RefuseAsync(context, AccessDenial.Admin));
    }

    public static void MapAdmin(this WebApplication app)
    {
        var admin = app.MapGroup("/admin").RequireAdminKey();
        SessionActions.Map(admin);
        RolloutActions.Map(admin);
        AdaptationActions.Map(admin);
        CacheActions.Map(admin);
        admin.MapMethods("/samples", Read, (SampleRing ring, DateTimeOffset? since) => TypedResults.Json(SamplesReply.Of(ring, since ?? DateTimeOffset.MinValue), AdminJson.Default.SamplesReply));
        admin.MapMethods("/node", Read, (Drain drain) => TypedResults.Json(new NodeSnapshot(BuildMetrics.Version, drain.IsDraining), AdminJson.Default.NodeSnapshot));
        admin.MapMethods("/origins", Read, (IProxyStateLookup clusters, DestinationCircuits circuits) =>
            TypedResults.Json(SnapshotsOf(clusters, circuits), AdminJson.Default.DestinationSnapshotArray));
    }

    private static DestinationSnapshot[] SnapshotsOf(IProxyStateLookup clusters, DestinationCircuits circuits)
    {
        var snapshots = new List<DestinationSnapshot>();
        foreach (var cluster in clusters.GetClusters())
        {
            foreach (var destination in cluster.DestinationsState.AllDestinations)
            {
                snapshots.Add(new DestinationSnapshot
                {
                    Cluster = cluster.ClusterId,
                    Destination = destination.DestinationId,
                    Address = WithoutCredentials(destination.Model.Config.Address),
                    Active = Label(destination.Health.Active),
                    Passive = Label(destination.Health.Passive),
                    CircuitOpen = circuits.IsOpen(destination),
                    InFlight = destination.ConcurrentRequestCount,
                });
            }
        }

        return [.. snapshots.OrderBy(p => p.Cluster, StringComparer.Ordinal).ThenBy(p => p.Destination, StringComparer.Ordinal)];
    }

    private static string WithoutCredentials(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var url) ? url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped) : "";

    private static string Label(DestinationHealth health) => health switch
    {
        DestinationHealth.Healthy => "healthy",
        DestinationHealth.Unhealthy => "unhealthy",
        _ => "unknown",
    };
}

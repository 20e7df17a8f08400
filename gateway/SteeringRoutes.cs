using System.Globalization;
using System.Text;
using Gateway.Configuration;
using Gateway.Peers;
using Gateway.Sessions.Registry;
using Gateway.Steering;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway;

/// <summary>The steering documents: which gateway a player is to play from. They tell nothing about a session, so they need no ticket.</summary>
internal static class SteeringRoutes
{
    public static IServiceCollection AddSteering(this IServiceCollection services)
    {
        services.AddValidatedOptions<SteeringOptions>("Steering");
        services.TryAddSingleton<SteeringPlan>();
        return services;
    }

    public static void MapSteering(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<SteeringOptions>();
        if (!options.IsOn) return;
        var (plan, drain, ring) = (app.Services.GetRequiredService<SteeringPlan>(), app.Services.GetRequiredService<Drain>(), app.Services.GetService<PeerRing>());
        app.MapMethods(SteeringPlan.Path, [HttpMethods.Get, HttpMethods.Head], (HttpResponse response, string? format, string? from, string? left, string? viewer) =>
        {
            var isDash = format == "dash";
            var group = int.TryParse(viewer, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
            response.Headers.CacheControl = "no-store";
            return TypedResults.Text(plan.Document(isDash, from, left, group, IsLeaving), isDash ? "application/json" : "application/vnd.apple.steering-list", Encoding.UTF8);
        });

        // Of the others only what peers know is known.
        bool IsLeaving(string name) => name == options.Self ? drain.IsDraining : ring?.Find(name)?.Health is PeerHealth.Draining or PeerHealth.Gone;
    }
}

using Gateway.Access;
using Gateway.Configuration;
using Gateway.Sessions.Registry;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway.Peers.Serving;

internal static class PeerServing
{
    /// <summary>Adds fetching from other gateways and answering them, where some are configured. Needs the registrations of access, sessions, the transcoder and the origin before it.</summary>
    public static IServiceCollection AddPeers(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidatedOptions<PeersOptions>("Peers");
        if (!PeersRegistration.AreConfigured(configuration)) return services;
        services.TryAddSingleton<PeerToken>();
        services.TryAddSingleton<PeerRoute>();
        services.TryAddSingleton(s =>
        {
            var (tokens, drain) = (s.GetRequiredService<PeerToken>(), s.GetRequiredService<Drain>());
            return new PeerIdentity(tokens.ForRequest, tokens.IsProof, () => drain.IsDraining);
        });
        return services.AddPeerFetch();
    }

    /// <summary>Maps the route for other gateways.</summary>
    /// <exception cref="WrongConfigurationException">The gateways could not know each other.</exception>
    public static WebApplication MapPeers(this WebApplication app)
    {
        if (app.Services.GetService<PeerRoute>() is not { } route) return app;
        if (app.Services.GetRequiredService<AccessOptions>().TicketKeys.Length == 0)
            throw new WrongConfigurationException([$"{OptionsSection.Root}:Access:TicketKeys: empty, while {OptionsSection.Root}:Peers:Nodes names other gateways. They know each other by these keys: give all of them the same ones (openssl rand -hex 32)."]);
        // All methods: 405 would tell that there is such a route.
        app.Map($"{PeerFields.Root}{{**rest}}", route.AnswerAsync);
        return app;
    }
}

using Gateway.Access.EdgeAuth;
using Gateway.Access.Jwt;
using Gateway.Access.Revocation;
using Gateway.Access.Tickets;
using Gateway.Knobs;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway.Access;

internal static partial class AccessRegistration
{
    /// <summary>Tickets, credentials and the door.</summary>
    public static IServiceCollection AddAccess(this IServiceCollection services)
    {
        services.AddKnobs<AccessOptions>("Access").AddKnobs<AdminOptions>("Admin");
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<Revocations>();
        services.TryAddSingleton(MakeRing);
        services.TryAddSingleton<TicketSigner>();
        services.TryAddSingleton<TicketOffice>();
        services.TryAddSingleton(MakeFeed);
        services.TryAddSingleton<JwtVerifier>();
        services.TryAddSingleton<EdgeAuthVerifier>();
        services.TryAddSingleton<AccessMetrics>();
        services.TryAddSingleton<Door>();
        services.TryAddSingleton<AdminKeys>();
        services.TryAddSingleton<AdminDoor>();
        services.TryAddSingleton<AdminListener>();
        services.TryAddSingleton<ForwardedWarning>();
        services.AddHostedService<AccessStart>();
        services.AddOptions<KestrelServerOptions>().Configure<AccessOptions>((kestrel, access) => kestrel.AllowAlternateSchemes |= access.TrustedProxies.Length > 0);
        services.AddHostedService<AdminKeyStart>();
        services.AddHostedService<JwkFileWatch>();
        services.AddKnobReload<AccessOptions>("Access", static (provided, fresh) =>
        {
            provided.GetRequiredService<TicketKeyRing>().Replace(KeysOf(fresh));
            provided.GetRequiredService<EdgeAuthVerifier>().Replace(fresh);
        });
        services.AddKnobReload<AdminOptions>("Admin", static (provided, fresh) =>
        {
            // The key of a start without any stays when there is still none.
            if (fresh.Keys().Any()) provided.GetRequiredService<AdminKeys>().Replace(fresh.Keys());
        });
        return services;
    }

    /// <summary>CORS for players; behind <c>UseProblems</c>, before everything else.</summary>
    public static IApplicationBuilder UseMediaCors(this IApplicationBuilder app) => app.UseMiddleware<CorsMiddleware>();

    /// <summary>Opens the operators' own addresses, where they are configured; before the application is built.</summary>
    public static WebApplicationBuilder AddAdminListener(this WebApplicationBuilder builder)
    {
        AdminListener.Open(builder);
        return builder;
    }

    /// <summary>Keeps what is for operators apart from the rest, where they have an address of their own; behind <c>UseProblems</c>, before everything that answers.</summary>
    public static IApplicationBuilder UseAdminListener(this IApplicationBuilder app)
    {
        if (app.ApplicationServices.GetRequiredService<AdminOptions>().Urls.Length == 0) return app;
        var listener = app.ApplicationServices.GetRequiredService<AdminListener>();
        return app.Use(listener.InvokeAsync);
    }

    /// <summary>The client's address behind configured balancers; before everything that looks at it.</summary>
    public static IApplicationBuilder UseTrustedProxies(this IApplicationBuilder app)
    {
        var proxies = app.ApplicationServices.GetRequiredService<AccessOptions>().TrustedProxies;
        app.Use(app.ApplicationServices.GetRequiredService<ForwardedWarning>().InvokeAsync);
        if (proxies.Length == 0) return app;
        var options = TrustedProxies.OptionsFor(proxies);
        app.Use((context, next) =>
        {
            TrustedProxies.KeepSchemeOfStrangers(context, options.KnownIPNetworks);
            return next(context);
        });
        app.UseForwardedHeaders(options);
        return app.Use((context, next) =>
        {
            TrustedProxies.TidyPrefix(context.Request);
            TrustedProxies.TidyScheme(context);
            return next(context);
        });
    }

    /// <summary>Only operators reach the endpoint, or those of the group.</summary>
    public static TBuilder ForOperatorsOnly<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder =>
        endpoint.AddEndpointFilterFactory((context, next) =>
        {
            var door = context.ApplicationServices.GetRequiredService<AdminDoor>();
            return invocation => door.InvokeAsync(invocation, next);
        });

    private static JwkFeed MakeFeed(IServiceProvider services)
    {
        var options = services.GetRequiredService<AccessOptions>();
        var fetch = options.Jwks.Length > 0 ? JwkFetch.From(options.Jwks) : null;
        return new JwkFeed(fetch, options, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<JwkFeed>>());
    }

    private static TicketKeyRing MakeRing(IServiceProvider services)
    {
        var keys = KeysOf(services.GetRequiredService<AccessOptions>());
        if (keys.Count > 0) return new TicketKeyRing(keys);
        LogKeyOfThisProcess(services.GetRequiredService<ILoggerFactory>().CreateLogger<TicketKeyRing>());
        return TicketKeyRing.ForThisProcess();
    }

    private static List<TicketKey> KeysOf(AccessOptions options)
    {
        var keys = new List<TicketKey>();
        foreach (var text in options.TicketKeys)
        {
            if (TicketKey.TryParse(text, out var key)) keys.Add(key);
        }

        return keys;
    }

    // Next free id: 11.
    [LoggerMessage(10, LogLevel.Information, "No 'Gateway:Access:TicketKeys': tickets are signed with a random key, die with this process and are of no use to other gateways")]
    private static partial void LogKeyOfThisProcess(ILogger logger);
}

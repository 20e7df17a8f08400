using Gateway.Access.EdgeAuth;
using Gateway.Access.Jwt;
using Gateway.Access.Revocation;
using Gateway.Access.Sources;
using Gateway.Access.Tickets;
using Gateway.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway.Access;

internal static partial class AccessRegistration
{
    /// <summary>Tickets, credentials and the authenticator.</summary>
    public static IServiceCollection AddAccess(this IServiceCollection services)
    {
        services.AddValidatedOptions<AccessOptions>("Access");
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<Revocations>();
        services.TryAddSingleton(MakeRing);
        services.TryAddSingleton<TicketSigner>();
        services.TryAddSingleton<TicketIssuer>();
        services.TryAddSingleton<SourceToken>();
        services.TryAddSingleton(MakeFeed);
        services.TryAddSingleton<JwtVerifier>();
        services.TryAddSingleton<EdgeAuthVerifier>();
        services.TryAddSingleton<AccessMetrics>();
        services.TryAddSingleton<Authenticator>();
        services.TryAddSingleton<ForwardedWarning>();
        services.AddHostedService<AccessStart>();
        services.AddOptions<KestrelServerOptions>().Configure<AccessOptions>((kestrel, access) => kestrel.AllowAlternateSchemes |= access.TrustedProxies.Length > 0);
        services.AddHostedService<JwkFileWatch>();
        services.AddOptionsReload<AccessOptions>("Access", static (provided, fresh) =>
        {
            provided.GetRequiredService<TicketKeyRing>().Replace(KeysOf(fresh));
            provided.GetRequiredService<EdgeAuthVerifier>().Replace(fresh);
        });
        return services;
    }

    /// <summary>CORS for players; behind <c>UseProblems</c>, before everything else.</summary>
    /// <param name="app">The application.</param>
    /// <param name="more">Roots of routes for players that are there only when a feature is on.</param>
    public static IApplicationBuilder UseMediaCors(this IApplicationBuilder app, string[] more) => app.UseMiddleware<CorsMiddleware>([more]);

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

    private static JwkRefresher MakeFeed(IServiceProvider services)
    {
        var options = services.GetRequiredService<AccessOptions>();
        var fetch = options.Jwks.Length > 0 ? JwkSource.From(options.Jwks) : null;
        return new JwkRefresher(fetch, options, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<JwkRefresher>>());
    }

    private static TicketKeyRing MakeRing(IServiceProvider services)
    {
        var keys = KeysOf(services.GetRequiredService<AccessOptions>());
        return keys.Count > 0 ? new TicketKeyRing(keys) : OwnKey(services.GetRequiredService<AccessOptions>().TicketKeyFile, services.GetRequiredService<ILoggerFactory>().CreateLogger<TicketKeyRing>());
    }

    /// <summary>The key of a gateway to which none was given.</summary>
    /// <exception cref="WrongConfigurationException">A file was named, and cannot be used. One that nobody named is done without, and that is told.</exception>
    private static TicketKeyRing OwnKey(string configured, ILogger log)
    {
        var path = configured.Length > 0 ? configured : TicketKeyFile.PresetPath(Environment.GetEnvironmentVariable);
        if (path is null or TicketKeyFile.None)
        {
            LogKeyOfThisProcess(log);
            return TicketKeyRing.ForThisProcess();
        }

        if (new TicketKeyFile(path).TryReadOrMake(out var key, out var fault))
        {
            LogKeyInFile(log, path);
            return new TicketKeyRing([key]);
        }

        if (configured.Length > 0) throw new WrongConfigurationException([$"{OptionsSection.Root}:Access:TicketKeyFile: '{path}' cannot be used: {fault}."]);
        LogNoKeyFile(log, path, fault);
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

    // Next free id: 15.
    [LoggerMessage(10, LogLevel.Information, "'Gateway:Access:TicketKeys' is empty: tickets are signed with a random key, end with this process and are not valid at other gateways")]
    private static partial void LogKeyOfThisProcess(ILogger logger);

    [LoggerMessage(13, LogLevel.Information, "'Gateway:Access:TicketKeys' is empty: tickets are signed with the key in '{Path}', so that players go on after a restart; other machines do not accept them. 'Gateway:Access:TicketKeyFile=none' keeps no key")]
    private static partial void LogKeyInFile(ILogger logger, string path);

    [LoggerMessage(14, LogLevel.Warning, "Playing sessions will not survive a restart: no key for their tickets is kept in '{Path}', because {Fault}. 'Gateway:Access:TicketKeyFile' names another file")]
    private static partial void LogNoKeyFile(ILogger logger, string path, string fault);
}

using Gateway.Access.Tickets;
using Gateway.Configuration;
using Gateway.Manifests;
using Gateway.Media;
using Gateway.Rollout;
using Gateway.Rollout.Store;
using Gateway.Sessions.Api;
using Gateway.Sessions.Groups;
using Gateway.Sessions.Limits;
using Gateway.Sessions.Quality;
using Gateway.Sessions.Registry;
using Gateway.Sessions.Store;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace Gateway.Sessions;

internal static class SessionsRegistration
{
    /// <summary>Connection string that makes several gateways share their sessions; without one each keeps its own.</summary>
    private const string StoreName = "Sessions";

    /// <summary>Registers the session directory, its sweep, the control plane, and the session store where one is configured.</summary>
    /// <exception cref="WrongConfigurationException">The connection string is none.</exception>
    public static IServiceCollection AddSessions(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidatedOptions<SessionsOptions>("Sessions").AddValidatedOptions<MediaOptions>("Media");
        services.TryAddSingleton<SessionMetrics>();
        services.TryAddSingleton<SessionTelemetry>();
        services.TryAddSingleton<SessionFactory>();
        services.TryAddSingleton<SessionRegistry>();
        services.TryAddSingleton<SessionDrafts>();
        services.TryAddSingleton<BitrateGate>();
        services.AddHostedService<IdleSweep>();
        services.AddHostedService<PlayingCount>();
        services.AddHostedService<LeftTitles>();
        services.AddHostedService<LeftTranscodes>();
        services.TryAddSingleton<Drain>();
        services.TryAddSingleton<CreateLimiter>();
        services.AddHostedService(s => s.GetRequiredService<Drain>());
        if (configuration.GetConnectionString(StoreName) is { Length: > 0 } connection) AddSessionStore(services, configuration, connection);
        services.TryAddSingleton(s => new SessionDirectory(
            s.GetRequiredService<SessionRegistry>(),
            s.GetRequiredService<SessionDrafts>(),
            s.GetRequiredService<SessionTelemetry>(),
            s.GetRequiredService<CreateLimiter>(),
            s.GetRequiredService<Drain>(),
            s.GetService<SessionStore>()));
        AddControl(services);
        return services;
    }

    private static void AddSessionStore(IServiceCollection services, IConfiguration configuration, string connection)
    {
        NpgsqlConnectionStringBuilder settings;
        try
        {
            settings = new NpgsqlConnectionStringBuilder(connection);
        }
        catch (ArgumentException)
        {
            // The string holds a password, so it is not repeated.
            throw new WrongConfigurationException([$"ConnectionStrings:{StoreName}: this is no PostgreSQL connection string. Write Host=…;Database=…;Username=…;Password=…, or remove the key."]);
        }

        // A database host that vanished silently must not block the writer for ever.
        if (!settings.ContainsKey("Timeout")) settings.Timeout = 3;
        if (!settings.ContainsKey("Command Timeout")) settings.CommandTimeout = 10;
        services.TryAddSingleton(_ => Open(settings, configuration));
        services.TryAddSingleton(s => new SessionStore(s.GetRequiredService<NpgsqlDataSource>(), s.GetRequiredService<TicketSigner>(), s.GetRequiredService<SessionsOptions>(), s.GetRequiredService<TimeProvider>()));
        services.AddHostedService<SessionStoreWriter>();
        services.TryAddSingleton<RevocationStore>();
        services.AddHostedService(s => s.GetRequiredService<RevocationStore>());
        services.AddHostedService<GroupExchange>();
        services.TryAddSingleton<AdaptationCapStore>();
        services.AddHostedService(s => s.GetRequiredService<AdaptationCapStore>());
        services.AddRolloutStore(s =>
        {
            var db = s.GetRequiredService<NpgsqlDataSource>();
            return new RolloutStore(db, stopping => StoreSchema.PrepareAsync(db, stopping), s.GetRequiredService<SessionsOptions>().StoreTimeout);
        });
    }

    /// <summary>A password that comes from a file is read with each connection: it may have been changed.</summary>
    private static NpgsqlDataSource Open(NpgsqlConnectionStringBuilder settings, IConfiguration configuration)
    {
        if (configuration.GetConnectionString($"{StoreName}File") is not { Length: > 0 } || settings.Password is not { Length: > 0 } first) return NpgsqlDataSource.Create(settings);
        settings.Password = null;
        var source = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        source.UsePasswordProvider(_ => Password(), (_, _) => ValueTask.FromResult(Password()));
        return source.Build();

        string Password()
        {
            try
            {
                return new NpgsqlConnectionStringBuilder(configuration.GetConnectionString(StoreName)).Password is { Length: > 0 } now ? now : first;
            }
            catch (ArgumentException)
            {
                // Half written: the next connection reads it whole.
                return first;
            }
        }
    }

    private static void AddControl(IServiceCollection services)
    {
        services.TryAddSingleton<SessionAuthorizer>();
        services.TryAddSingleton<SessionEndpoints>();
        services.TryAddSingleton<EngineEndpoint>();
        services.TryAddSingleton<ListeningGroups>();
        services.TryAddSingleton<GroupEvents>();
        services.TryAddSingleton<CreateAttempts>();
        services.TryAddSingleton<SessionOutcomes>();
        services.AddHostedService(s => s.GetRequiredService<SessionOutcomes>());
        services.AddHostedService<DrawnStarts>();
        services.TryAddSingleton<SessionSnapshots>();
        services.TryAddSingleton<EndedSessions>();
        services.AddHostedService(s => s.GetRequiredService<EndedSessions>());
        services.TryAddSingleton<SessionHistories>();
        services.TryAddSingleton<SessionOpening>();
        services.TryAddSingleton<SessionHandoff>();
        services.TryAddSingleton<ClientReports>();
        services.TryAddSingleton<TitleCheck>();
        services.TryAddSingleton<FirstTimelines>();
        services.TryAddSingleton<Prewarm>();
        services.TryAddSingleton<ReportLimiter>();
    }
}

using Gateway.Access.Streams;
using Gateway.Configuration;
using Gateway.Live.Fetch;
using Gateway.Live.Ingest;
using Gateway.Live.Journal;
using Gateway.Live.Life;
using Gateway.Live.Sessions;
using Gateway.Live.Storage;
using Gateway.Live.Work;
using Gateway.Origin;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace Gateway.Live;

internal static class LiveRegistration
{
    /// <summary>How long after its last chunk a session without an end is overdue.</summary>
    private static readonly TimeSpan Overdue = TimeSpan.FromMinutes(15);

    /// <summary>Adds live ingest. Needs the transcoder's and the origin's registration before it: what the cache fetches goes by the built-in cluster first.</summary>
    public static IServiceCollection AddLive(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidatedOptions<LiveOptions>("Live");
        if (!configuration.GetValue($"{OptionsSection.Root}:Live:{nameof(LiveOptions.Enabled)}", false)) return services;
        services.AddSingleton(new BuiltInCluster(LiveFetch.Cluster, new Uri(LiveFetch.Root)));
        services.TryAddSingleton<StreamToken>();
        services.TryAddSingleton<LiveMetrics>();
        services.TryAddSingleton<LiveTelemetry>();
        services.TryAddSingleton<LiveGate>();
        services.TryAddSingleton<LiveSessions>();
        services.TryAddSingleton<StreamEndpoints>();
        services.TryAddSingleton(s => new MeasuredStore(s.GetRequiredService<LiveOptions>() is { S3Bucket.Length: > 0 } remote ? new S3Store(remote) : new FolderStore(Path.GetFullPath(s.GetRequiredService<LiveOptions>().Folder)), s.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<IObjectStore>(s => s.GetRequiredService<MeasuredStore>());
        services.TryAddSingleton<ILiveJournal>(s => s.GetService<NpgsqlDataSource>() is { } shared ? new PostgresJournal(shared) : new FolderJournal(Path.GetFullPath(s.GetRequiredService<LiveOptions>().Folder)));
        AddIntake(services);
        AddWork(services);
        Decorate(services);
        return services;
    }

    private static void AddIntake(IServiceCollection services)
    {
        services.TryAddSingleton<PartialUploads>();
        services.TryAddSingleton<BodyReceiver>();
        services.TryAddSingleton<ChunkStore>();
        services.TryAddSingleton<StorageSpace>();
        services.TryAddSingleton<ChunkAdmission>();
        services.TryAddSingleton<ChunkReplies>();
        services.TryAddSingleton<ChunkIntake>();
        services.TryAddSingleton<SegmentIntake>();
    }

    private static void AddWork(IServiceCollection services)
    {
        services.TryAddSingleton(s =>
        {
            var options = s.GetRequiredService<LiveOptions>();
            var queue = new FairQueue(options.QueuePerSession, options.QueueInAll, options.WorkPerSession, options.WorkInAll);
            var (sessions, time) = (s.GetRequiredService<LiveSessions>(), s.GetRequiredService<TimeProvider>());
            s.GetRequiredService<LiveMetrics>().Watch(sessions.Open, () => sessions.Loaded().Count(l => l.Look(t => !t.IsClosed && time.GetUtcNow() - t.LastActivity > Overdue)), queue);
            s.GetRequiredService<LiveMetrics>().Watch(s.GetRequiredService<PartialUploads>(), s.GetRequiredService<MeasuredStore>(), s.GetRequiredService<StorageSpace>());
            return queue;
        });
        services.TryAddSingleton<ChunkTranscoder>();
        services.TryAddSingleton<ChunkProcessor>();
        services.TryAddSingleton<LiveWork>();
        services.TryAddSingleton<LiveRetention>();
        services.AddHostedService<LiveStartCheck>();
        services.AddHostedService<LiveSweep>();
        services.AddHostedService(s => s.GetRequiredService<ChunkProcessor>());
    }

    /// <summary>Puts the built-in cluster before whatever fetches from upstream.</summary>
    private static void Decorate(IServiceCollection services)
    {
        services.TryAddSingleton<LiveFetch>();
        var next = services.Last(d => d.ServiceType == typeof(FetchUpstream));
        services.AddSingleton<FetchUpstream>(s =>
        {
            var (live, upstream) = (s.GetRequiredService<LiveFetch>(), (FetchUpstream)next.ImplementationFactory!(s));
            return (request, cancellation) => LiveFetch.Takes(request) ? live.FetchAsync(request, cancellation) : upstream(request, cancellation);
        });
    }
}

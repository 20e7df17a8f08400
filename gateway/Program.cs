using Gateway.Access;
using Gateway.Adaptation;
using Gateway.Admin;
using Gateway.CachedRoutes;
using Gateway.Caching;
using Gateway.Configuration;
using Gateway.Connections;
using Gateway.Files;
using Gateway.Live;
using Gateway.Manifests;
using Gateway.Origin;
using Gateway.Peers.Serving;
using Gateway.Playback;
using Gateway.Prefetch;
using Gateway.Problems;
using Gateway.Rollout;
using Gateway.Segments;
using Gateway.Sessions;
using Gateway.Sessions.Api;
using Gateway.Telemetry;
using Gateway.Transcoding;
using Gateway.Warmup;

namespace Gateway;

/// <summary>Contents page: the registrations by feature, and the middleware in the order in which a request meets it.</summary>
public static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (CommandLine.AnswerTo(args) is { } answer)
        {
            await (answer.Code == 0 ? Console.Out : Console.Error).WriteLineAsync(answer.Text);
            return answer.Code;
        }

        (args, var fault) = ListenSwitch.Apply(args);
        if (fault is not null)
        {
            await Console.Error.WriteLineAsync(fault);
            return 1;
        }

        WebApplication? app = null;
        var isStarted = false;
        try
        {
            // The host would log a refused start with its stack trace; here a plain message is printed.
            app = await BuildWarmAsync(args, builder => builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => isStarted && level >= LogLevel.Information));
            await app.StartAsync();
            isStarted = true;
            await app.WaitForShutdownAsync();
            return 0;
        }
        catch (Exception refusal) when (!isStarted)
        {
            await Console.Error.WriteLineAsync(StartRefusal.Message(refusal, app?.Configuration));
            return 1;
        }
        finally
        {
            if (app is not null) await app.DisposeAsync();
        }
    }

    /// <summary>Builds the gateway without starting it, so that another host (the local demo, a test) can run it in its process.</summary>
    /// <exception cref="WrongConfigurationException">A knob is wrong; the message lists every error.</exception>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? adjust = null) => Assemble(Create(args, adjust));

    /// <summary>The same, with the code of a playback compiled, as far as <c>Gateway:Warmup</c> says: between the parts, which refuse a wrong configuration, and the pipeline, with which metrics begin to count.</summary>
    /// <exception cref="WrongConfigurationException">A knob is wrong; the message lists every error.</exception>
    public static async Task<WebApplication> BuildWarmAsync(string[] args, Action<WebApplicationBuilder>? adjust = null)
    {
        var app = Create(args, adjust);
        await app.Services.GetRequiredService<StartWarmup>().RunAsync(synthetic => Build([], synthetic), ListenSwitch.TakesTls(app.Configuration));
        return Assemble(app);
    }

    private static WebApplication Create(string[] args, Action<WebApplicationBuilder>? adjust)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            ApplicationName = typeof(Program).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
        });
        adjust?.Invoke(builder);
        builder.AddEnvironmentAliases();
        builder.AddSecretFiles();
        builder.AddAdminListener();
        builder.Services
            .AddTelemetry(builder.Configuration)
            .AddClientConnections()
            .AddProblems()
            .AddAccess()
            .AddSessions(builder.Configuration)
            .AddRollout()
            .AddManifests()
            .AddSteering()
            .AddSegments()
            .AddFiles()
            .AddAdaptation()
            .AddPrefetch()
            .AddCaching()
            .AddTranscoding()
            .AddOrigin(builder.Configuration)
            .AddPeers(builder.Configuration)
            .AddLive(builder.Configuration)
            .AddAdmin()
            .AddPlayback()
            .AddWarmup();

        var app = builder.Build();
        app.CheckConfiguration();
        return app;
    }

    private static WebApplication Assemble(WebApplication app)
    {
        app.UseTelemetry();
        app.UseUnpacedConnections();
        app.UseDrainingConnections();
        app.UseProblems();
        app.UseStrictFraming();
        app.UseAdminListener();
        app.UseTransportSecurity();
        app.UseTrustedProxies();
        app.UseMediaCors(app.LiveRoots());
        app.UseMiddleware<PlaybackMiddleware>();
        app.UseAdminPage();
        app.UsePages(withCapture: app.TakesLive());
        app.UseRouting();
        // For an operator's own routes, and where they are known: the framework would put it before everything else, in the way of each media request, because YARP brings its services.
        app.UseAuthorization();
        app.MapHealth();
        app.MapTelemetry();
        app.MapSessions();
        app.MapSteering();
        app.MapLive();
        app.MapPeers();
        app.MapAdmin();
        app.MapPages(withCapture: app.TakesLive());
        app.MapApiDocument();
        app.MapOrigin(proxy => proxy.UseCachedRoutes());
        return app;
    }
}

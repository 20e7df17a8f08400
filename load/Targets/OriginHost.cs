using Gateway.Load.Links;
using Gateway.Load.Scenarios.ReadyMade;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Gateway.Load.Targets;

/// <summary>The origin of a run in the tester's own process.</summary>
internal sealed class OriginHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private volatile OriginTrouble _trouble;

    private OriginHost(WebApplication app, string name, IKnownTitles known)
    {
        _app = app;
        Name = name;
        Known = known;
    }

    public string Name { get; }

    /// <summary>What its titles hold.</summary>
    public IKnownTitles Known { get; }

    /// <summary>What was asked of it.</summary>
    public required OriginCount Count { get; init; }

    /// <summary>Without a slash at its end.</summary>
    public string Url => _app.Urls.First();

    /// <summary>What is wrong with it now.</summary>
    public OriginTrouble Trouble
    {
        get => _trouble;
        set => _trouble = value;
    }

    public static async Task<OriginHost> StartAsync(OriginKind kind, TimeProvider time, CancellationToken stop)
    {
        OriginHost? host = null;
        var count = new OriginCount(time);
        var made = kind == OriginKind.Synthetic ? new SyntheticOrigin(SyntheticCatalog.Shapes, time) : null;
        var app = made is null ? TranscoderStub.Program.Build(["--urls=http://127.0.0.1:0"], builder => builder.Services.AddSingleton<IStartupFilter>(new Watched(count, () => host!.Trouble, time))) : Synthetic(made, new Watched(count, () => host!.Trouble, time));
        try
        {
            host = made is null ? new OriginHost(app, "the transcoder-stub", new StoredTitles(TitlesOf(app))) { Count = count } : new OriginHost(app, "a made-up origin", made) { Count = count };
            await app.StartAsync(stop);
            return host;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static WebApplication Synthetic(SyntheticOrigin origin, IStartupFilter watched)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(watched);
        var app = builder.Build();
        origin.Map(app);
        return app;
    }

    private static string TitlesOf(WebApplication app) => Path.GetFullPath(app.Services.GetRequiredService<IOptions<TranscoderStub.Titles.TitlesOptions>>().Value.Root, AppContext.BaseDirectory);

    private sealed class Watched(OriginCount count, Func<OriginTrouble> trouble, TimeProvider time) : IStartupFilter
    {
        private static readonly TimeSpan s_slow = TimeSpan.FromSeconds(2);

        private int _number;

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(async (context, rest) =>
            {
                count.Asked(context.Request.Method, context.Request.Path.Value ?? "", context.Request.Headers.Range);
                var now = trouble();
                if (now == OriginTrouble.Slow) await Task.Delay(s_slow, time, context.RequestAborted);
                if (now == OriginTrouble.Lying && Interlocked.Increment(ref _number) % 2 == 0) context.Features.Set(new SyntheticOrigin.SentShare(0.5));
                if (now == OriginTrouble.Down) context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                else await rest(context);
            });
            next(app);
        };
    }
}

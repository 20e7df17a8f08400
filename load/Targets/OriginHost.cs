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
    private const int MostAskers = 3;

    private static readonly string s_urls = string.Join(';', Enumerable.Repeat("http://127.0.0.1:0", MostAskers));

    private readonly WebApplication _app;
    private volatile OriginTrouble _trouble;
    private int[]? _askers;

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

    /// <summary>Without a slash at its end. One for each gateway that may ask, so that it is known who does; all are the same origin.</summary>
    /// <param name="gateway">From 0.</param>
    public string UrlFor(int gateway) => _app.Urls.ElementAt(gateway % MostAskers);

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
        var app = made is null ? TranscoderStub.Program.Build([$"--urls={s_urls}"], builder => builder.Services.AddSingleton<IStartupFilter>(Watched())) : Synthetic(made, Watched());
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

        Watched Watched() => new(count, () => host!.Trouble, port => host!.AskerAt(port), time);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    /// <summary>Which gateway asks, by the port at which it does.</summary>
    private int AskerAt(int port)
    {
        _askers ??= [.. _app.Urls.Select(static u => new Uri(u).Port)];
        return Math.Max(0, Array.IndexOf(_askers, port));
    }

    private static WebApplication Synthetic(SyntheticOrigin origin, IStartupFilter watched)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().UseUrls(s_urls);
        builder.Services.AddSingleton(watched);
        var app = builder.Build();
        origin.Map(app);
        return app;
    }

    private static string TitlesOf(WebApplication app) => Path.GetFullPath(app.Services.GetRequiredService<IOptions<TranscoderStub.Titles.TitlesOptions>>().Value.Root, AppContext.BaseDirectory);

    private sealed class Watched(OriginCount count, Func<OriginTrouble> trouble, Func<int, int> askerAt, TimeProvider time) : IStartupFilter
    {
        private static readonly TimeSpan s_slow = TimeSpan.FromSeconds(2);

        private int _number;

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(async (context, rest) =>
            {
                count.Asked(context.Request.Method, context.Request.Path.Value ?? "", context.Request.Headers.Range, askerAt(context.Connection.LocalPort));
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

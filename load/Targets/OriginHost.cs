using Gateway.Load.Scenarios.ReadyMade;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Load.Targets;

/// <summary>The origin of a run in the tester's own process.</summary>
internal sealed class OriginHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private volatile bool _isDown;

    private OriginHost(WebApplication app, string name)
    {
        _app = app;
        Name = name;
    }

    public string Name { get; }

    /// <summary>Without a slash at its end.</summary>
    public string Url => _app.Urls.First();

    /// <summary>Whether it answers 503 to everything.</summary>
    public bool IsDown
    {
        get => _isDown;
        set => _isDown = value;
    }

    public static async Task<OriginHost> StartAsync(OriginKind kind, TimeProvider time, CancellationToken stop)
    {
        OriginHost? host = null;
        var app = kind == OriginKind.Stub ? TranscoderStub.Program.Build(["--urls=http://127.0.0.1:0"], builder => builder.Services.AddSingleton<IStartupFilter>(new Outage(() => host!.IsDown))) : Synthetic(time, () => host!.IsDown);
        host = new OriginHost(app, kind == OriginKind.Stub ? "the transcoder-stub" : "a made-up origin");
        try
        {
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

    private static WebApplication Synthetic(TimeProvider time, Func<bool> isDown)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<IStartupFilter>(new Outage(isDown));
        var app = builder.Build();
        new SyntheticOrigin(SyntheticCatalog.Shapes, time).Map(app);
        return app;
    }

    private sealed class Outage(Func<bool> isDown) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, rest) =>
            {
                if (!isDown()) return rest(context);
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return Task.CompletedTask;
            });
            next(app);
        };
    }
}

using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Origin;

/// <summary>A real Kestrel on loopback that answers as the test sets it and records its requests.</summary>
internal sealed class LoopbackUpstream : IAsyncDisposable
{
    private readonly WebApplication _app;

    private LoopbackUpstream(WebApplication app) => _app = app;

    /// <summary>Handler of the requests; may be changed while the host runs.</summary>
    public required RequestDelegate Answer { get; set; }

    /// <summary>Requests other than health probes, in the order of arrival.</summary>
    public ConcurrentQueue<Asked> Requests { get; } = new();

    public int Port { get; private set; }

    public string Address => $"http://127.0.0.1:{Port}/";

    public static async Task<LoopbackUpstream> StartAsync(RequestDelegate answer, HttpProtocols protocols = HttpProtocols.Http1)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.Protocols = protocols));
        var app = builder.Build();
        var upstream = new LoopbackUpstream(app) { Answer = answer };
        app.Run(upstream.TakeAsync);
        await app.StartAsync();
        upstream.Port = new Uri(app.Urls.First()).Port;
        return upstream;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private Task TakeAsync(HttpContext context)
    {
        var target = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
        if (target.EndsWith("/probe", StringComparison.Ordinal)) return Task.CompletedTask;
        var headers = context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        Requests.Enqueue(new Asked(context.Request.Method, target, headers));
        return Answer(context);
    }

    internal sealed record Asked(string Method, string Target, Dictionary<string, string> Headers);
}

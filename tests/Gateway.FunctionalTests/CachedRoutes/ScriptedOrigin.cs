using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Gateway.FunctionalTests.CachedRoutes;

/// <summary>An operator's web server: it answers as the test sets it, and records its requests.</summary>
internal sealed class ScriptedOrigin : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ScriptedOrigin(WebApplication app) => _app = app;

    /// <summary>Handler of the requests; may be changed while the host runs.</summary>
    public RequestDelegate Answer { get; set; } = static _ => Task.CompletedTask;

    public ConcurrentQueue<Asked> Requests { get; } = new();

    public string Address => $"{_app.Urls.Single()}/";

    public static async Task<ScriptedOrigin> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var origin = new ScriptedOrigin(app);
        app.Run(context =>
        {
            var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
            var headers = context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
            origin.Requests.Enqueue(new Asked(context.Request.Method, target, headers));
            return origin.Answer(context);
        });
        await app.StartAsync();
        return origin;
    }

    /// <summary>A response with only a status.</summary>
    public static RequestDelegate Status(int status) => context =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    };

    /// <summary>A response with this body and these fields, <c>Name: value</c>; without the body to a HEAD.</summary>
    public static RequestDelegate Gives(string body, params string[] fields) => context =>
    {
        foreach (var field in fields)
        {
            var colon = field.IndexOf(':', StringComparison.Ordinal);
            context.Response.Headers[field[..colon]] = field[(colon + 1)..].Trim();
        }

        context.Response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.WriteAsync(body);
    };

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    internal sealed record Asked(string Method, string Target, Dictionary<string, string> Headers)
    {
        public string? this[string name] => Headers.GetValueOrDefault(name);
    }
}

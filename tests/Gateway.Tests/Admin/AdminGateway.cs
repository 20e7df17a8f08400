using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Gateway.Access;
using Gateway.Admin;
using Gateway.Problems;
using Gateway.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Admin;

/// <summary>A gateway with only its operators' access, its problems and its limits of origins.</summary>
public abstract class AdminGateway : IAsyncLifetime
{
    private protected readonly ConcurrentQueue<string> _said = new();
    private protected WebApplication? _app;
    private protected HttpClient Client { get; set; } = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_app is not null) await _app.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected async Task<string> Raw(string target)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Client.BaseAddress!.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: localhost\r\nX-Raw: 1\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromMinutes(2));
    }

    private protected Task Start(params string[] args) => Start(TimeProvider.System, args);

    private protected async Task Start(TimeProvider time, params string[] args)
    {
        if (_app is not null) await _app.DisposeAsync();
        _said.Clear();
        var builder = WebApplication.CreateBuilder(args);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(new Listener(_said));
        builder.Services.AddSingleton(time);
        // Nothing here asks a real identity provider.
        builder.Services.AddSingleton(s => new Gateway.Access.Jwt.JwkRefresher(null, s.GetRequiredService<AccessOptions>(), time, NullLogger<Gateway.Access.Jwt.JwkRefresher>.Instance));
        builder.Services.AddTelemetry(builder.Configuration).AddAccess().AddAdmin();
        builder.AddAdminListener();
        _app = builder.Build();
        _app.UseProblems();
        _app.UseAdminListener();
        _app.UseTrustedProxies();
        _app.UseMediaCors([]);
        _app.Use((context, next) =>
        {
            if (!context.Request.Headers.ContainsKey("X-Raw")) return next(context);
            var verdict = MediaTarget.TryReadPlay(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, out var target);
            return context.Response.WriteAsync($"{verdict} {target.Path}");
        });
        _app.UseRouting();
        _app.MapGet("/play/ok", () => "fine");
        _app.MapGet("/play/boom", string () => throw new InvalidOperationException("secret inside"));
        _app.MapGet("/play/boom-later", async (HttpContext context) =>
        {
            await context.Response.WriteAsync("begun");
            await context.Response.Body.FlushAsync();
            throw new InvalidOperationException("secret inside");
        });
        _app.MapGet("/play/503", () => Results.StatusCode(503));
        _app.MapGet("/play/foreign-cors", (HttpContext context) =>
        {
            context.Response.Headers.AccessControlAllowOrigin = "https://origin.example";
            context.Response.Headers.AccessControlAllowCredentials = "true";
            return "fine";
        });
        _app.MapGet("/page", () => "page");
        _app.MapGet("/metrics", () => "metrics");
        _app.MapGet("/health/live", () => "live");
        _app.MapGet("/address", (HttpContext context) => context.Connection.RemoteIpAddress!.ToString());
        _app.MapGet("/admin/thing", () => "done").RequireAdminKey();
        _app.MapGet("/admin/who", (HttpContext context) => OperatorIdentity.Of(context).KeyId).RequireAdminKey();
        await _app.StartAsync();
        Client.Dispose();
        Client = new HttpClient { BaseAddress = new Uri(_app.Urls.First()), Timeout = TimeSpan.FromMinutes(2) };
    }

    private protected sealed class Listener(ConcurrentQueue<string> said) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => said.Enqueue(formatter(state, exception));

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}

using Gateway.Telemetry;
using Gateway.Telemetry.Events;
using Gateway.Telemetry.Samples;
using Gateway.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Telemetry;

/// <summary>A real web server with nothing in it but the telemetry and what a test maps.</summary>
internal sealed class TelemetryHost : IAsyncDisposable
{
    private TelemetryHost(WebApplication app, CapturedConsole console)
    {
        App = app;
        Console = console;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public WebApplication App { get; }

    public CapturedConsole Console { get; }

    public HttpClient Client { get; }

    public EventLog Events => App.Services.GetRequiredService<EventLog>();

    public static async Task<TelemetryHost> StartAsync(Dictionary<string, string?>? settings = null, Action<WebApplication>? map = null, ManualTimeProvider? clock = null, ILoggerProvider? provider = null)
    {
        var console = new CapturedConsole();
        var builder = WebApplication.CreateSlimBuilder();
        // Scrapes show what was counted just before.
        builder.Configuration.AddInMemoryCollection([new("Gateway:Telemetry:ScrapeAge", "00:00:00")]);
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        builder.Logging.ClearProviders();
        if (provider is not null) builder.Logging.AddProvider(provider);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        if (clock is not null) builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton<EventConsole>(() => console);
        builder.Services.AddTelemetry(builder.Configuration);
        // It reads the metrics too, at moments that no test chooses.
        builder.Services.Remove(builder.Services.Single(service => service.ImplementationType == typeof(MetricSampler)));
        var app = builder.Build();
        app.UseTelemetry();
        app.MapTelemetry();
        map?.Invoke(app);
        await app.StartAsync();
        return new TelemetryHost(app, console);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await App.DisposeAsync();
    }
}

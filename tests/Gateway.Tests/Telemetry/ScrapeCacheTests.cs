using System.Diagnostics.Metrics;
using Gateway.Telemetry.Prometheus;
using Gateway.Testing;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;

namespace Gateway.Tests.Telemetry;

/// <summary>How often <c>/metrics</c> is rendered, told by an instrument that counts how often it is read.</summary>
public sealed class ScrapeCacheTests
{
    [Fact]
    public async Task Get_WithinTheAge_IsTheSameScrapeAndThenANewOne()
    {
        var clock = new ManualTimeProvider();
        await using var host = await TelemetryHost.StartAsync(new() { ["Gateway:Telemetry:ScrapeAge"] = "00:00:01" }, clock: clock);
        var renderings = Watch(host);
        var first = await host.Client.GetStringAsync("/metrics");
        for (var i = 0; i < 20; i++) Assert.Equal(first, await host.Client.GetStringAsync("/metrics"));
        Assert.Equal(1, renderings());

        clock.Advance(TimeSpan.FromSeconds(1));
        await host.Client.GetStringAsync("/metrics");
        Assert.Equal(2, renderings());
    }

    [Fact]
    public async Task Get_ManyAtOnce_ShareARendering()
    {
        using var open = new ManualResetEventSlim();
        using var entered = new ManualResetEventSlim();
        await using var host = await TelemetryHost.StartAsync();
        var renderings = Watch(host, () =>
        {
            entered.Set();
            Assert.True(open.Wait(TimeSpan.FromMinutes(2)));
        });
        host.App.Services.GetRequiredService<MeterProvider>();
        var cache = host.App.Services.GetRequiredService<ScrapeCache>();
        var first = Task.Run(async () => await cache.GetAsync(default, CancellationToken.None));
        Assert.True(entered.Wait(TimeSpan.FromMinutes(2)));
        // The first is being rendered, and may lack what these want to see: they share the next one.
        var others = Enumerable.Range(0, 30).Select(_ => cache.GetAsync(default, CancellationToken.None).AsTask()).ToArray();
        open.Set();
        await first;
        await Task.WhenAll(others);
        Assert.Equal(2, renderings());
    }

    private static Func<int> Watch(TelemetryHost host, Action? read = null)
    {
        var count = 0;
        host.App.Services.GetRequiredService<IMeterFactory>().Create("Gateway.Watched").CreateObservableGauge("gateway.watched", () =>
        {
            read?.Invoke();
            return Interlocked.Increment(ref count);
        });
        return () => Volatile.Read(ref count);
    }
}

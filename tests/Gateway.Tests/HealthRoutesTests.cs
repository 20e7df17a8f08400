using Gateway.Telemetry;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests;

/// <summary>The probes that need no origin.</summary>
public sealed class HealthRoutesTests
{
    [Fact]
    public async Task Live_OfARunningGateway_TellsItsVersion()
    {
        await using var app = Gateway.Program.Build(["--urls", "http://127.0.0.1:0", "--Gateway:Telemetry:Events=Off"], builder => builder.Logging.ClearProviders());
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };

        Assert.Equal($"live\nversion {BuildMetrics.Version}\n", await client.GetStringAsync("/health/live", TestContext.Current.CancellationToken));
        await app.StopAsync(TestContext.Current.CancellationToken);
    }
}

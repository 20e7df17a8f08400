using System.Diagnostics.Metrics;
using Gateway.Origin;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace Gateway.Tests.Origin;

public sealed class DestinationMetricsTests
{
    [Fact]
    public async Task Destinations_OfAllClusters_AreEachOneAtTheirHealthAndZeroAtTheOthers()
    {
        await using var network = await UpstreamNetwork.OpenAsync(
        [
            .. UpstreamNetwork.Cluster("origin", "http://127.0.0.1:1/", "http://127.0.0.1:2/"),
            ("ReverseProxy:Clusters:origin:HealthCheck:Active:Enabled", "false"),
        ]);
        Assert.True(network.Services.GetRequiredService<IProxyStateLookup>().TryGetCluster("origin", out var cluster));
        cluster!.Destinations["a"].Health.Active = DestinationHealth.Healthy;
        cluster.Destinations["b"].Health.Passive = DestinationHealth.Unhealthy;

        var own = network.Services.GetRequiredService<IMeterFactory>();
        var seen = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "gateway.origin.destinations" && ReferenceEquals(instrument.Meter.Scope, own)) self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((_, value, tags, _) => seen.Add($"{tags[1].Value}/{tags[2].Value} {tags[0].Value} {value}"));
        listener.Start();
        network.Services.GetRequiredService<DestinationMetrics>();
        listener.RecordObservableInstruments();

        Assert.Equal(
            ["origin/a healthy 1", "origin/a unhealthy 0", "origin/a unknown 0", "origin/b healthy 0", "origin/b unhealthy 1", "origin/b unknown 0"],
            seen.Order(StringComparer.Ordinal));
    }
}

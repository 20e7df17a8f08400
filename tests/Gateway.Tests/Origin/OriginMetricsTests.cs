using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Gateway.Media;
using Gateway.Origin;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Origin;

public sealed class OriginMetricsTests
{
    [Fact]
    public async Task Requests_EachEnding_IsCountedOnceUnderItsOwnLabel()
    {
        await using var upstream = await LoopbackUpstream.StartAsync(c =>
        {
            if (c.Request.Path == "/missing") c.Response.StatusCode = 404;
            if (c.Request.Path == "/held") c.Response.StatusCode = 304;
            if (c.Request.Path == "/moved") c.Response.Redirect("/here");
            if (c.Request.Path == "/broken") c.Response.StatusCode = 500;
            if (c.Request.Path == "/long") return FaultyOrigin.StallAsync(c);
            return c.Response.StatusCode == 304 ? Task.CompletedTask : c.Response.WriteAsync("x");
        });
        await using var network = await UpstreamNetwork.OpenAsync([.. UpstreamNetwork.Cluster("origin", upstream.Address), ("Gateway:Origin:Retries", "1")]);
        using var counted = new Counted(network, "gateway.origin.requests", "gateway.origin.retries");
        foreach (var path in new[] { "/here", "/missing", "/held", "/moved", "/broken" })
        {
            await using var reply = await network.GetAsync(path);
            await network.ReadAsync(reply);
        }

        await (await network.GetAsync("/long")).DisposeAsync();
        await (await network.Fetch(new OriginRequest { Address = new MediaAddress("none", "/", ""), Purpose = FetchPurpose.Prefetch }, network.Patience)).DisposeAsync();
        Assert.Equal(
            [
                "requests demand cancelled 1",
                "requests demand client_error 1",
                "requests demand not_modified 1",
                "requests demand ok 2",
                "requests demand redirect 1",
                "requests demand server_error 2",
                "requests prefetch no_destination 1",
                "retries demand server_error 1",
            ],
            counted.Lines);
    }

    private sealed class Counted : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly ConcurrentDictionary<string, long> _counts = new();

        public Counted(UpstreamNetwork network, params string[] names)
        {
            var meters = network.Services.GetRequiredService<IMeterFactory>();
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (names.Contains(instrument.Name) && instrument.Meter.Scope == meters) listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            {
                var labels = string.Join(' ', tags.ToArray().Select(t => t.Value));
                _counts.AddOrUpdate($"{instrument.Name["gateway.origin.".Length..]} {labels}", value, (_, before) => before + value);
            });
            // The instruments are created with the first fetch's services.
            network.Services.GetRequiredService<OriginMetrics>();
            _listener.Start();
        }

        public string[] Lines => [.. _counts.Select(c => $"{c.Key} {c.Value}").Order(StringComparer.Ordinal)];

        public void Dispose() => _listener.Dispose();
    }
}

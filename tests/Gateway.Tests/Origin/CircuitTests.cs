using System.Diagnostics.Metrics;
using Gateway.Media;
using Gateway.Origin;
using Gateway.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace Gateway.Tests.Origin;

public sealed class CircuitTests
{
    /// <summary>Titles that were served once: so many that others are left to try when four fail.</summary>
    private const int Served = 7;

    private static readonly (string Key, string? Value)[] Quick =
    [
        ("Gateway:Origin:Retries", "0"),
        ("Gateway:Origin:BreakerMinimumExchanges", "4"),
        ("Gateway:Origin:BreakerMinimumTitles", "3"),
        ("Gateway:Origin:BreakerPause", "00:00:05"),
    ];

    [Fact]
    public async Task Circuit_DestinationKeepsFailing_OpensHalfOpensAndCloses()
    {
        var clock = new ManualTimeProvider();
        await using var upstream = await LoopbackUpstream.StartAsync(FaultyOrigin.Status(200));
        await using var network = await UpstreamNetwork.OpenAsync(clock, [.. UpstreamNetwork.Cluster("origin", upstream.Address), .. Quick]);
        await ServeOnceAsync(network, clock);
        upstream.Answer = FaultyOrigin.Status(502);
        for (var i = 0; i < 4; i++) await (await network.GetAsync($"/{i}/x")).DisposeAsync();

        // Those that fail stay away at once, and others are tried.
        await using (var refused = await network.GetAsync("/0/x")) Assert.Equal(OriginFailure.CircuitOpen, refused.Failure);
        Assert.Equal(1, OpenCircuits(network));
        Assert.NotEqual(DestinationHealth.Unhealthy, Destination(network).Health.Passive);
        for (var i = 4; i < Served; i++) await (await network.GetAsync($"/{i}/x")).DisposeAsync();
        Assert.Equal(Served * 2, upstream.Requests.Count);
        Assert.Equal(DestinationHealth.Unhealthy, Destination(network).Health.Passive);
        await using (var refused = await network.GetAsync("/8/x")) Assert.Equal(OriginFailure.CircuitOpen, refused.Failure);

        // Each title is tried once, and as many as opened it open it again.
        clock.Advance(TimeSpan.FromSeconds(6));
        for (var i = 0; i < 3; i++)
        {
            await (await network.GetAsync($"/{i}/x")).DisposeAsync();
            await using var refused = await network.GetAsync($"/{i}/y");
            Assert.Equal(OriginFailure.CircuitOpen, refused.Failure);
        }

        Assert.Equal((Served * 2) + 3, upstream.Requests.Count);
        await using (var refused = await network.GetAsync("/3/x")) Assert.Equal(OriginFailure.CircuitOpen, refused.Failure);

        clock.Advance(TimeSpan.FromSeconds(6));
        upstream.Answer = FaultyOrigin.Status(200);
        await using (var good = await network.GetAsync("/0/x")) Assert.Equal(200, good.Head?.Status);
        await using (var good = await network.GetAsync("/0/x")) Assert.Equal(200, good.Head?.Status);
        Assert.NotEqual(DestinationHealth.Unhealthy, Destination(network).Health.Passive);
        Assert.Equal(0, OpenCircuits(network));
    }

    [Theory]
    [InlineData(500, null)]
    [InlineData(404, null)]
    [InlineData(503, "2")]
    [InlineData(429, null)]
    public async Task Circuit_WorkingOriginRefuses_StaysClosed(int status, string? retryAfter)
    {
        await using var upstream = await LoopbackUpstream.StartAsync(c =>
        {
            c.Response.StatusCode = status;
            if (retryAfter is not null) c.Response.Headers.RetryAfter = retryAfter;
            return Task.CompletedTask;
        });
        await using var network = await UpstreamNetwork.OpenAsync(new ManualTimeProvider(), [.. UpstreamNetwork.Cluster("origin", upstream.Address), .. Quick]);
        for (var i = 0; i < 12; i++) await (await network.GetAsync("/x")).DisposeAsync();
        Assert.Equal(12, upstream.Requests.Count);
        Assert.Equal(0, OpenCircuits(network));
    }

    [Fact]
    public async Task Circuit_BodiesBreakOff_Opens()
    {
        var clock = new ManualTimeProvider();
        await using var upstream = await LoopbackUpstream.StartAsync(FaultyOrigin.Status(200));
        await using var network = await UpstreamNetwork.OpenAsync(clock, [.. UpstreamNetwork.Cluster("origin", upstream.Address), .. Quick]);
        await ServeOnceAsync(network, clock);
        upstream.Answer = async c =>
        {
            c.Response.ContentLength = 100;
            await c.Response.WriteAsync("x");
        };
        OriginFailure? last = null;
        for (var i = 0; i < 12 && last != OriginFailure.CircuitOpen; i++)
        {
            await using var reply = await network.GetAsync($"/{i % 4}/x");
            last = reply.Failure;
            if (reply.Answered) await Assert.ThrowsAsync<OriginBrokenException>(() => network.ReadAsync(reply));
        }

        Assert.Equal(OriginFailure.CircuitOpen, last);
    }

    [Fact]
    public async Task Circuit_OneOfTwoDestinationsFails_TheOtherServesAndTheFirstIsAvoided()
    {
        await using var bad = await LoopbackUpstream.StartAsync(FaultyOrigin.Status(502));
        await using var good = await LoopbackUpstream.StartAsync(FaultyOrigin.Status(200));
        await using var network = await UpstreamNetwork.OpenAsync(
            new ManualTimeProvider(),
            [
                .. UpstreamNetwork.Cluster("origin", bad.Address, good.Address),
                .. Quick,
                ("ReverseProxy:Clusters:origin:LoadBalancingPolicy", "FirstAlphabetical"),
                ("Gateway:Origin:Retries", "1"),
                ("Gateway:Origin:RetryDelay", "00:00:00"),
            ]);
        for (var i = 0; i < 30; i++)
        {
            await using var reply = await network.GetAsync($"/{i % 5}/x");
            Assert.Equal(200, reply.Head?.Status);
        }

        // Four open it half, the fifth title tries it once.
        Assert.InRange(bad.Requests.Count, 4, 6);
        Assert.Equal(30, good.Requests.Count);
    }

    [Fact]
    public async Task Circuit_AClientSeeksOutWhatFailsInThreeTitles_TheOthersAreServedWithoutAPause()
    {
        var clock = new ManualTimeProvider();
        await using var upstream = await LoopbackUpstream.StartAsync(FaultyOrigin.Status(200));
        await using var network = await UpstreamNetwork.OpenAsync(clock, [.. UpstreamNetwork.Cluster("origin", upstream.Address), .. Quick]);
        await ServeOnceAsync(network, clock);
        upstream.Answer = c =>
        {
            c.Response.StatusCode = c.Request.Path.Value!.EndsWith("/hostile", StringComparison.Ordinal) ? 503 : 200;
            return Task.CompletedTask;
        };
        for (var i = 0; i < 40; i++) await (await network.GetAsync($"/{i % 3}/hostile")).DisposeAsync();
        for (var i = 0; i < Served; i++)
        {
            await using var reply = await network.GetAsync($"/{(i + 3) % Served}/x");
            Assert.Equal(200, reply.Head?.Status);
        }
    }

    [Theory]
    [InlineData(502)]
    [InlineData(503)]
    public async Task Circuit_OneTitleIsBroken_StaysClosedForTheOthers(int status)
    {
        await using var upstream = await LoopbackUpstream.StartAsync(
            c => FaultyOrigin.Status(c.Request.Path.StartsWithSegments("/broken", StringComparison.Ordinal) ? status : 200)(c));
        await using var network = await UpstreamNetwork.OpenAsync(new ManualTimeProvider(), [.. UpstreamNetwork.Cluster("origin", upstream.Address), .. Quick]);
        // Its playlists and segments lie in folders of their own.
        for (var i = 0; i < 72; i++) await (await network.Fetch(Of($"/broken/v{i % 5}/{i}"), network.Patience)).DisposeAsync();
        await using var other = await network.GetAsync("/good/1");
        Assert.Equal(200, other.Head?.Status);
        Assert.Equal(73, upstream.Requests.Count);

        static OriginRequest Of(string path) => new() { Address = new MediaAddress("origin", path, ""), Title = "/broken/" };
    }

    [Fact]
    public async Task Circuit_ManyTitlesAreBrokenButOneIsServed_StaysClosed()
    {
        await using var upstream = await LoopbackUpstream.StartAsync(
            c => FaultyOrigin.Status(c.Request.Path.StartsWithSegments("/good", StringComparison.Ordinal) ? 200 : 503)(c));
        await using var network = await UpstreamNetwork.OpenAsync(new ManualTimeProvider(), [.. UpstreamNetwork.Cluster("origin", upstream.Address), .. Quick]);
        for (var i = 0; i < 40; i++)
        {
            await (await network.GetAsync($"/invented{i}/x")).DisposeAsync();
            await using var good = await network.GetAsync("/good/1");
            Assert.Equal(200, good.Head?.Status);
        }
    }

    [Fact]
    public async Task Circuit_FoldersOfOneTitle_AreOneTitle()
    {
        await using var upstream = await LoopbackUpstream.StartAsync(FaultyOrigin.Status(503));
        await using var network = await UpstreamNetwork.OpenAsync(new ManualTimeProvider(), [.. UpstreamNetwork.Cluster("origin", upstream.Address), .. Quick]);
        for (var i = 0; i < 12; i++) await (await network.GetAsync(i % 4 == 0 ? "/t/master.m3u8" : $"/t/v{i % 4}/x")).DisposeAsync();
        Assert.Equal(12, upstream.Requests.Count);
        Assert.Equal(0, OpenCircuits(network));
    }

    [Fact]
    public async Task Circuit_OldFailures_DoNotCount()
    {
        var clock = new ManualTimeProvider();
        await using var upstream = await LoopbackUpstream.StartAsync(FaultyOrigin.Status(200));
        await using var network = await UpstreamNetwork.OpenAsync(clock, [.. UpstreamNetwork.Cluster("origin", upstream.Address), .. Quick]);
        await ServeOnceAsync(network, clock);
        upstream.Answer = FaultyOrigin.Status(503);
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 3; i++) await (await network.GetAsync($"/{i}/x")).DisposeAsync();
            Assert.Equal(0, OpenCircuits(network));
            clock.Advance(TimeSpan.FromSeconds(11));
        }

        for (var i = 0; i < 4; i++) await (await network.GetAsync($"/{i}/x")).DisposeAsync();
        Assert.Equal(1, OpenCircuits(network));
    }

    [Fact]
    public async Task Circuit_TitlesNeverServed_DoNotCount()
    {
        await using var upstream = await LoopbackUpstream.StartAsync(FaultyOrigin.Status(503));
        await using var network = await UpstreamNetwork.OpenAsync(new ManualTimeProvider(), [.. UpstreamNetwork.Cluster("origin", upstream.Address), .. Quick]);
        for (var i = 0; i < 40; i++) await (await network.GetAsync($"/invented{i}/x")).DisposeAsync();
        Assert.Equal(40, upstream.Requests.Count);
        Assert.Equal(0, OpenCircuits(network));
    }

    [Fact]
    public async Task Circuit_NoConnection_OpensForAnyTitleAndOneResponseClosesIt()
    {
        var clock = new ManualTimeProvider();
        using var dead = new DeadPort();
        await using var network = await UpstreamNetwork.OpenAsync(clock, [.. UpstreamNetwork.Cluster("origin", dead.Address), .. Quick]);
        for (var i = 0; i < 4; i++) await (await network.GetAsync("/one/x")).DisposeAsync();
        await using (var refused = await network.GetAsync("/one/x")) Assert.Equal(OriginFailure.CircuitOpen, refused.Failure);
        clock.Advance(TimeSpan.FromSeconds(6));
        await using (var tried = await network.GetAsync("/one/x")) Assert.Equal(OriginFailure.Unreachable, tried.Failure);
        await using (var refused = await network.GetAsync("/two/x")) Assert.Equal(OriginFailure.CircuitOpen, refused.Failure);
    }

    [Fact]
    public async Task Circuit_HalfOpen_ABrokenTitleDoesNotKeepTheOthersWaiting()
    {
        var clock = new ManualTimeProvider();
        await using var upstream = await LoopbackUpstream.StartAsync(FaultyOrigin.Status(200));
        await using var network = await UpstreamNetwork.OpenAsync(clock, [.. UpstreamNetwork.Cluster("origin", upstream.Address), .. Quick]);
        await ServeOnceAsync(network, clock);
        upstream.Answer = FaultyOrigin.Status(502);
        for (var i = 0; i < 4; i++) await (await network.GetAsync($"/{i}/x")).DisposeAsync();
        clock.Advance(TimeSpan.FromSeconds(6));
        // Invented titles in between do not count.
        for (var i = 0; i < 10; i++) await (await network.GetAsync($"/invented{i}/x")).DisposeAsync();
        await (await network.GetAsync("/0/x")).DisposeAsync();
        upstream.Answer = FaultyOrigin.Status(200);
        await using (var refused = await network.GetAsync("/0/x")) Assert.Equal(OriginFailure.CircuitOpen, refused.Failure);
        await using (var good = await network.GetAsync("/1/x")) Assert.Equal(200, good.Head?.Status);
        await using (var good = await network.GetAsync("/0/x")) Assert.Equal(200, good.Head?.Status);
    }

    [Fact]
    public async Task Health_OneTitleBreaksOffRepeatedly_DestinationsStayHealthy()
    {
        await using var upstream = await LoopbackUpstream.StartAsync(async c =>
        {
            c.Response.ContentLength = 100;
            await c.Response.WriteAsync("x");
        });
        await using var network = await UpstreamNetwork.OpenAsync(new ManualTimeProvider(), [.. UpstreamNetwork.Cluster("origin", upstream.Address), .. Quick]);
        for (var i = 0; i < 40; i++)
        {
            await using var reply = await network.GetAsync("/broken/x");
            await Assert.ThrowsAsync<OriginBrokenException>(() => network.ReadAsync(reply));
        }

        Assert.NotEqual(DestinationHealth.Unhealthy, Destination(network).Health.Passive);
    }

    /// <summary>Four titles were served, long enough ago to be no evidence now.</summary>
    private static async Task ServeOnceAsync(UpstreamNetwork network, ManualTimeProvider clock)
    {
        for (var i = 0; i < Served; i++) await (await network.GetAsync($"/{i}/x")).DisposeAsync();
        clock.Advance(TimeSpan.FromSeconds(20));
    }

    private static DestinationState Destination(UpstreamNetwork network)
    {
        Assert.True(network.Services.GetRequiredService<IProxyStateLookup>().TryGetCluster("origin", out var cluster));
        return cluster.Destinations["a"];
    }

    private static long OpenCircuits(UpstreamNetwork network)
    {
        var meter = network.Services.GetRequiredService<IMeterFactory>();
        var open = -1L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Name == "gateway.origin.circuit_open" && instrument.Meter.Scope == meter) l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((_, value, _, _) => open = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return open;
    }
}

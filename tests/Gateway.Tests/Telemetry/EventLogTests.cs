using System.Text.Json;
using Gateway.Telemetry.Events;
using Gateway.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Telemetry;

public sealed class EventLogTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);
    private static readonly Correlation Who = new("s1", 7, "load-a");
    private readonly string _folder = Directory.CreateTempSubdirectory("events-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Write_OneOfEachKind_IsExactly()
    {
        await using var host = await TelemetryHost.StartAsync(clock: new ManualTimeProvider());
        var log = host.Events;
        var took = TimeSpan.FromMilliseconds(12.3456);
        log.Write(new SessionCreateEvent(EventStatus.Reject, took, Who) { Path = "/t/master.m3u8?access_token=x", SourceType = "local", Quality = "high", Engine = "direct", Reason = "draining" });
        log.Write(new ManifestFetchEvent(EventStatus.Success, took, Who) { Path = "/t/master.m3u8", Protocol = "hls", HttpStatus = 200 });
        log.Write(new SegmentFetchEvent(EventStatus.Error, took, Who) { Path = "/t/v2/seg_00017.m4s?access_token=x", Source = "origin", Protocol = "dash", Bytes = 9, HttpStatus = 200, Reason = "client_aborted" });
        log.Write(new HandoffEvent(HandoffStep.LoadError, EventStatus.Error, took, Who) { PreviousSessionId = "s0", ResumeAtSec = 1.5, Engine = "segmented", Attempt = 2, Reason = "timeout" });
        log.Write(new RebufferEvent(RebufferStep.Started, Who) { Engine = "segmented", DurationMs = 3, PositionSec = 61.04, Segment = "a/b.ts", Source = "origin", SeenBy = "cmcd" });
        log.Write(new QualitySwitchEvent(Who) { FromProfile = "v3", ToProfile = "v1", Direction = "down", Reason = "bandwidth_drop" });
        log.Write(new SessionEndEvent(Who)
        {
            Engine = "segmented",
            Reason = "idle",
            Duration = TimeSpan.FromSeconds(90),
            PlaybackSec = 80,
            BufferingEvents = 1,
            TotalBufferTimeSec = 0.5,
            QualitySwitches = 2,
            AverageBitrateKbps = 2500,
            SegmentsFetched = 10,
            SegmentsFromCache = 30,
            ErrorCount = 0,
        });
        log.Write(new PrewarmEvent(PrewarmStep.ValidationFailed, took, Who) { Attempts = 2, Reason = "not_ready" });
        log.Write(new RolloutRevertedEvent(Who) { Trigger = "session_create", Stage = 2, Observed = 3.1, Limit = 2, Scope = "all" });
        log.Write(new SegmentFetchEvent(EventStatus.Success, null, default));
        await host.App.StopAsync();

        const string Start = """{"ts":"2026-01-01T00:00:00.000Z","event":""";
        const string Same = """
            "sessionId":"s1","startupLoadId":7,"startupCorrelationId":"load-a"
            """;
        string[] expected =
        [
            Start + "\"session.create\",\"status\":\"reject\",\"latencyMs\":12.346," + Same + """,   "asset":"t/master.m3u8","sourceType":"local","quality":"high","engine":"direct","reason":"draining"}""",
            Start + "\"manifest.fetch\",\"status\":\"success\",\"latencyMs\":12.346," + Same + """,   "asset":"t/master.m3u8","protocol":"hls","httpStatus":200}""",
            Start + "\"segment.fetch\",\"status\":\"error\",\"latencyMs\":12.346," + Same + """,   "asset":"t/v2/seg_00017.m4s","segment":"seg_00017.m4s","source":"origin","protocol":"dash","bytes":9,"httpStatus":200,"reason":"client_aborted"}""",
            Start + "\"session.handoff_load_error\",\"status\":\"error\",\"latencyMs\":12.346," + Same + """,   "previousSessionId":"s0","resumeAtSec":1.5,"engine":"segmented","attempt":2,"reason":"timeout"}""",
            Start + "\"player.rebuffer\",\"status\":\"error\"," + Same + """,   "engine":"segmented","durationMs":3,"positionSec":61.04,"segment":"b.ts","source":"origin","seenBy":"cmcd"}""",
            Start + "\"quality.switch\",\"status\":\"success\"," + Same + """,   "from_profile":"v3","to_profile":"v1","direction":"down","reason":"bandwidth_drop"}""",
            Start + "\"session.end\",\"status\":\"success\"," + Same + """,   "engine":"segmented","reason":"idle","durationMs":90000,"playbackSec":80,"bufferingEvents":1,"totalBufferTimeSec":0.5,"qualitySwitches":2,"averageBitrateKbps":2500,"segmentsFetched":10,"segmentsFromCache":30,"errorCount":0}""",
            Start + "\"session.prewarm_validation_failed\",\"status\":\"error\",\"latencyMs\":12.346," + Same + """,   "attempts":2,"reason":"not_ready"}""",
            Start + "\"rollout.reverted\",\"status\":\"success\"," + Same + """,   "trigger":"session_create","stage":2,"observed":3.1,"limit":2,"scope":"all"}""",
            Start + "\"segment.fetch\",\"status\":\"success\"}",
        ];
        Assert.Equal(expected.Select(line => line.Replace("   ", "", StringComparison.Ordinal)), host.Console.Lines);
    }

    [Fact]
    public async Task Write_LinesQueuedAtStop_AreAllWritten()
    {
        await using var host = await TelemetryHost.StartAsync(new() { ["Gateway:Telemetry:EventsFile"] = Path.Combine(_folder, "new", "e.ndjson") });
        for (var i = 0; i < 5000; i++) host.Events.Write(new SegmentFetchEvent(EventStatus.Success, null, new Correlation("s", i)));
        await host.App.StopAsync();

        Assert.Equal(Enumerable.Range(0, 5000).Select(i => (long)i), host.Console.Lines.Select(LoadIdOf));
        Assert.Equal(host.Console.Lines, await File.ReadAllLinesAsync(Path.Combine(_folder, "new", "e.ndjson")));
    }

    [Fact]
    public async Task Write_ManyThreads_EveryLineParsesAndEachThreadsOrderHolds()
    {
        await using var host = await TelemetryHost.StartAsync(new() { ["Gateway:Telemetry:EventQueue"] = "1048576" });
        var log = host.Events;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(t => Task.Run(() =>
        {
            for (var i = 0; i < 2000; i++) log.Write(new SegmentFetchEvent(EventStatus.Success, null, new Correlation($"t{t}", i)) { Path = new string('x', i % 700) });
        }))).WaitAsync(Deadline);
        await host.App.StopAsync();

        var last = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var line in host.Console.Lines)
        {
            using var json = JsonDocument.Parse(line);
            var thread = json.RootElement.GetProperty("sessionId").GetString()!;
            var number = json.RootElement.GetProperty("startupLoadId").GetInt64();
            Assert.Equal(last.GetValueOrDefault(thread, -1) + 1, number);
            last[thread] = number;
        }

        Assert.Equal(8000, host.Console.Lines.Length);
    }

    [Theory]
    [InlineData("All", 2)]
    [InlineData("Failures", 1)]
    [InlineData("Off", 0)]
    public async Task Write_SegmentEvents_AreThoseThatAreWanted(string wanted, int expected)
    {
        await using var host = await TelemetryHost.StartAsync(new() { ["Gateway:Telemetry:SegmentEvents"] = wanted });
        host.Events.Write(new SegmentFetchEvent(EventStatus.Success, null, Who));
        host.Events.Write(new SegmentFetchEvent(EventStatus.Error, null, Who));
        host.Events.Write(new ManifestFetchEvent(EventStatus.Success, null, Who));
        await host.App.StopAsync();

        Assert.Equal(expected + 1, host.Console.Lines.Length);
    }

    [Theory]
    [InlineData("Off", false, false)]
    [InlineData("Console", true, false)]
    [InlineData("File", false, true)]
    [InlineData("Both", true, true)]
    public async Task Write_Destination_IsTheOneThatIsSet(string events, bool console, bool file)
    {
        var path = Path.Combine(_folder, "e.ndjson");
        await using var host = await TelemetryHost.StartAsync(new() { ["Gateway:Telemetry:Events"] = events, ["Gateway:Telemetry:EventsFile"] = path });
        host.Events.Write(new QualitySwitchEvent(Who));
        await host.App.StopAsync();

        Assert.Equal(console, host.Console.Lines.Length == 1);
        Assert.Equal(file, File.Exists(path));
        Assert.Equal(console || file, host.Events.Enabled);
    }

    [Fact]
    public async Task Write_QueueFull_DropsAndCounts()
    {
        // A log without its writer: nobody takes lines out.
        var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var metrics = new Gateway.Telemetry.TelemetryMetrics(services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>());
        var options = Microsoft.Extensions.Options.Options.Create(new Gateway.Telemetry.TelemetryOptions { EventQueue = 16 });
        var log = new EventLog(options, new ManualTimeProvider(), metrics);
        long dropped = 0;
        using var listener = new System.Diagnostics.Metrics.MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Scope == services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>() && instrument.Name == "gateway.events.dropped") l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => dropped += value);
        listener.Start();

        for (var i = 0; i < 20; i++) log.Write(new QualitySwitchEvent(Who));

        Assert.Equal(4, dropped);
        Assert.Equal(16, log.Lines.Count);
        await services.DisposeAsync();
    }

    [Fact]
    public async Task Write_ConsoleBreaks_FileGoesOnAndConsoleIsTriedAgainLater()
    {
        var clock = new ManualTimeProvider();
        var path = Path.Combine(_folder, "e.ndjson");
        await using var host = await TelemetryHost.StartAsync(new() { ["Gateway:Telemetry:EventsFile"] = path }, clock: clock);
        host.Console.Broken = true;
        host.Events.Write(new QualitySwitchEvent(new Correlation("one")));
        await UntilAsync(() => Lines(path).Length == 1);
        host.Console.Broken = false;
        host.Events.Write(new QualitySwitchEvent(new Correlation("two")));
        await UntilAsync(() => Lines(path).Length == 2);
        clock.Advance(EventLogWriter.RetryDelay);
        host.Events.Write(new QualitySwitchEvent(new Correlation("three")));
        await host.App.StopAsync();

        Assert.Equal(3, Lines(path).Length);
        Assert.Contains("three", Assert.Single(host.Console.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_ConsoleBreaksInAnUnknownWay_HostGoesOn()
    {
        var path = Path.Combine(_folder, "e.ndjson");
        await using var host = await TelemetryHost.StartAsync(new() { ["Gateway:Telemetry:EventsFile"] = path });
        host.Console.Fault = new InvalidOperationException("nobody thought of this");
        host.Console.Broken = true;
        host.Events.Write(new QualitySwitchEvent(new Correlation("one")));
        await UntilAsync(() => Lines(path).Length == 1);
        host.Events.Write(new QualitySwitchEvent(new Correlation("two")));
        await UntilAsync(() => Lines(path).Length == 2);
        Assert.False(host.App.Lifetime.ApplicationStopping.IsCancellationRequested);
    }

    [Theory]
    [InlineData("""{"event":"x","n":"\ud800"}""")]
    [InlineData("""{"event":"x","\ud800":1}""")]
    public async Task Write_WhatCannotBeWritten_IsDroppedAndTheThreadGoesOn(string body)
    {
        await using var host = await TelemetryHost.StartAsync();
        using var json = JsonDocument.Parse(body);
        for (var i = 0; i < 3; i++)
        {
            host.Events.Write(new ClientEvent("x", json.RootElement, Who));
            host.Events.Write(new ClientEvent("\ud800", json.RootElement, Who));
            host.Events.Write(new QualitySwitchEvent(Who) { Reason = "bandwidth_drop" });
        }

        var scrape = await host.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        await host.App.StopAsync();
        Assert.Contains("""gateway_events_dropped_total{reason="invalid"} 6""", scrape.Replace("otel_scope_name=\"Gateway.Telemetry\",", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(3, host.Console.Lines.Length);
        Assert.All(host.Console.Lines, line => Assert.EndsWith("\"reason\":\"bandwidth_drop\"}", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Write_SteadyState_AllocatesNothing()
    {
        await using var host = await TelemetryHost.StartAsync(new() { ["Gateway:Telemetry:Events"] = "File", ["Gateway:Telemetry:EventsFile"] = Path.Combine(_folder, "e") });
        await host.App.StopAsync();
        var what = new SegmentFetchEvent(EventStatus.Success, TimeSpan.FromMilliseconds(1.5), Who) { Path = "/a/seg.m4s", Source = "cache", Bytes = 1 };
        // The queue is closed: every line goes the whole way and back to the pool.
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (var i = 0; i < 100; i++) host.Events.Write(what);
        }));
    }

    private static long LoadIdOf(string line)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.GetProperty("startupLoadId").GetInt64();
    }

    private static string[] Lines(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Deadline, "it did not happen in time");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}

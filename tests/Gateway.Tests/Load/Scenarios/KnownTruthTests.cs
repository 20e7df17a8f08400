using Gateway.Load.Links;
using Gateway.Load.Links.Virtual;
using Gateway.Load.Pacing;
using Gateway.Load.Reports;
using Gateway.Load.Scenarios;

namespace Gateway.Tests.Load.Scenarios;

/// <summary>What is reported against what was set: latency, errors, bandwidth, and a system that stands still for a minute.</summary>
public sealed class KnownTruthTests
{
    private const double Tolerance = 0.05;

    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly LinkOptions s_fast = new() { Trace = RateTrace.Constant(1_000_000), RoundTrip = TimeSpan.Zero };

    [Fact]
    public void Latency_SetAtTheServer_IsWhatRequestsAreReportedToTake()
    {
        var title = new SyntheticTitle(new TitleShape { Think = TimeSpan.FromMilliseconds(200) });
        var report = VirtualTest.Play(Test(title, LoadSimulation.Inject(2, s_second, TimeSpan.FromSeconds(60))), title, s_fast);
        foreach (var figure in (string[])["manifest.firstByte.p50", "manifest.firstByte.p99", "segment.firstByte.p50", "segment.firstByte.p99"]) Near(200, report, figure);
    }

    [Fact]
    public void Bandwidth_SetOnTheLine_IsWhatSegmentsAreReportedToTake()
    {
        // Muxed, and all of one size: 4 s at 1,000 kbit/s over 4,000 kbit/s take a second.
        var title = new SyntheticTitle(new TitleShape { Rungs = [new RungShape(1000, 360)], AudioKbps = 0, Spread = 0, Think = TimeSpan.Zero, Segments = 400 });
        var link = new LinkOptions { Trace = RateTrace.Constant(4000), RoundTrip = TimeSpan.Zero };
        var report = VirtualTest.Play(Test(title, LoadSimulation.Inject(1, s_second, TimeSpan.FromSeconds(60))), title, link);
        Near(title.SizeOf(isVideo: true, 0, 5) * 8 / 4000.0, report, "segment.p50");
        Near(title.SizeOf(isVideo: true, 0, 5) * 8 / 4000.0, report, "segment.p99");
        // The first picture takes manifest, playlist, init and the first segment, one after the other.
        // Then hls.js takes 110 ms to parse and show it.
        Near(1110, report, "startup.p50");
    }

    [Fact]
    public void Errors_SetAtTheServer_AreTheShareThatIsReported()
    {
        var title = new SyntheticTitle(new TitleShape());
        var server = new Failing(title, 0.1);
        var report = VirtualTest.Play(Test(title, LoadSimulation.KeepConstant(50, TimeSpan.FromMinutes(10))), server, s_fast);
        Assert.True(server.Segments > 5000);
        Near((double)server.Failed / server.Segments, 1 - report.ValueOf("segment.success")!.Value, "share of failed segments");
        Near(0.1, 1 - report.ValueOf("segment.success")!.Value, "share of failed segments");
        Assert.Equal(server.Failed, report.ValueOf("faults.unavailable"));
    }

    [Fact]
    public void StandStill_OfAMinute_IsWhollyInTheStartUps()
    {
        // One comes each second for four minutes, and nothing is answered in the second of them: who comes then waits for the rest of it.
        var title = new SyntheticTitle(new TitleShape { Think = TimeSpan.FromMilliseconds(10) });
        var server = new Frozen(title, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(120));
        var test = Test(title, LoadSimulation.Inject(1, s_second, TimeSpan.FromMinutes(4)));
        var report = VirtualTest.Play(test, server, s_fast);
        Assert.Equal(240, report.Players.Count);
        // A quarter waits, evenly between nothing and a minute: of all, one in twenty for more than 48 s.
        Near(48_000, report, "startup.p95");
        Near(57_600, report, "startup.p99");
        Near(60_000, report, "startup.max");
        Assert.InRange(report.ValueOf("startup.p50")!.Value, 0, 200);
        var worst = report.Timeline.StartUpP95.Select((v, i) => (Value: v ?? 0, Seconds: i * report.Timeline.WidthSeconds)).MaxBy(p => p.Value);
        Assert.InRange(worst.Seconds, 60, 62);
    }

    [Fact]
    public void StandStill_OfAMinute_IsNotOneSlowSegmentAmongMany()
    {
        // A live channel in segments of two seconds: each of twenty viewers asks one of them every two seconds, but for the minute in which nothing comes. Its playlists go on, so
        // that it is segments that are waited for. hls.js gives each request up after 10 s without a byte, four times for the same segment, and then goes on to the next one.
        var title = new SyntheticTitle(new TitleShape { IsLive = true, SegmentSeconds = 2, AudioKbps = 0, Rungs = [new RungShape(300, 270)], Think = TimeSpan.FromMilliseconds(10) });
        var server = new Frozen(title, TimeSpan.FromSeconds(120), TimeSpan.FromSeconds(180), TransferKind.Segment);
        var report = VirtualTest.Play(Test(title, LoadSimulation.KeepConstant(20, TimeSpan.FromMinutes(5))), server, s_fast);
        // Six requests of 10 s fill the minute. At the even pace of one in two seconds over five minutes a viewer has 150, of which six would have waited for 10 s, six for 8 s and
        // so on: the eighth longest, one in twenty, for 8 s.
        Near(8000, report, "segment.p95", 0.15);
        Assert.InRange(report.ValueOf("faults.timedOut")!.Value, 5 * 20, 6 * 20);
        Assert.True(report.ValueOf("segment.p50") < 100);
        // The picture stood for the minute, less what was ahead of the playhead: three target durations at most.
        Assert.All(report.Players, player => Assert.InRange(player.StallMs, 52_000, 60_000));
        Assert.Equal(1, report.ValueOf("players.stalled"));
    }

    [Fact]
    public void Seeks_ThatNeverEnd_AreInTheSeekTimes()
    {
        // Every viewer seeks before the system stands still for good and after it: the waits without end count with what they lasted, and not as if nobody had sought.
        var title = new SyntheticTitle(new TitleShape { Segments = 900, Think = TimeSpan.FromMilliseconds(10) });
        var server = new Frozen(title, TimeSpan.FromSeconds(120), TimeSpan.FromHours(2));
        var audience = VirtualTest.Stayers(title) with { SeeksPerHour = 240, SeekRangeSeconds = 3500 };
        var test = Test(title) with { Scenarios = [Scenario.Create("viewers", audience).WithLoadSimulations(LoadSimulation.KeepConstant(50, TimeSpan.FromMinutes(4)))] };
        var report = VirtualTest.Play(test, server, s_fast);
        Assert.True(report.ValueOf("seek.endless") > 100);
        Assert.True(report.ValueOf("seek.p95") > 5000, $"{report.ValueOf("seek.p95")} ms");
    }

    [Fact]
    public void Limit_ThatNothingWasMeasuredFor_IsNotKept()
    {
        // Two seconds in which nothing answers: nobody can be said to have started, late or in time.
        var title = new SyntheticTitle(new TitleShape());
        var server = new Frozen(title, TimeSpan.Zero, TimeSpan.FromHours(1));
        var test = Test(title, LoadSimulation.KeepConstant(5, TimeSpan.FromSeconds(2))) with { Thresholds = [Threshold.Parse("startup.p95 <= 2500 ms"), Threshold.Parse("stalls.share <= 1 %"), Threshold.Parse("players.failed <= 1 %")] };
        var report = VirtualTest.Play(test, server, s_fast);
        Assert.Equal([false, false, true], report.Thresholds.Select(t => t.HasPassed));
        Assert.Equal("not measured", report.Thresholds[0].Told);
        Assert.False(report.HasPassed);
    }

    [Fact]
    public void Phases_OfBothKinds_HaveViewersOfTheirOwn()
    {
        var title = new SyntheticTitle(new TitleShape());
        var report = VirtualTest.Play(Test(title, LoadSimulation.KeepConstant(10, TimeSpan.FromSeconds(20)), LoadSimulation.Inject(1, s_second, TimeSpan.FromSeconds(20))), title, s_fast);
        Assert.Equal(30, report.Players.Count);
        Assert.Equal(30, report.Players.Select(p => p.Ordinal).Distinct().Count());
        Assert.True(Gateway.Load.Reports.Comparison.RunComparison.Of(report, report).IsPaired);
    }

    [Fact]
    public void SameSeed_PlayedAgain_IsTheSameReport()
    {
        var title = new SyntheticTitle(new TitleShape());
        var test = Test(title, LoadSimulation.InjectRandom(1, 6, s_second, TimeSpan.FromSeconds(60)));
        var first = JsonReport.Write(VirtualTest.Play(test, title, s_fast));
        Assert.Equal(first, JsonReport.Write(VirtualTest.Play(test, title, s_fast)));
        Assert.NotEqual(first, JsonReport.Write(VirtualTest.Play(test with { Seed = 2 }, title, s_fast)));
    }

    private static LoadTest Test(SyntheticTitle title, params LoadSimulation[] phases) => new()
    {
        Name = "truth",
        Scenarios = [Scenario.Create("viewers", VirtualTest.Stayers(title)).WithLoadSimulations([.. phases])],
        Seed = 1,
    };

    private static void Near(double truth, RunReport report, string figure, double tolerance = Tolerance) => Near(truth, report.ValueOf(figure) ?? double.NaN, figure, tolerance);

    private static void Near(double truth, double told, string figure, double tolerance = Tolerance) =>
        Assert.True(Math.Abs(told - truth) <= truth * tolerance, $"{figure}: {told} was reported, {truth} is true.");

    private sealed class Failing(IVirtualServer title, double share) : IVirtualServer
    {
        private readonly SeededRandom _random = new(1);

        public int Segments { get; private set; }

        public int Failed { get; private set; }

        public VirtualReply Answer(in TransferRequest request, DateTimeOffset arrival)
        {
            if (request.Kind != TransferKind.Segment) return title.Answer(request, arrival);
            Segments++;
            if (_random.NextDouble() >= share) return title.Answer(request, arrival);
            Failed++;
            return new VirtualReply { Status = 503 };
        }
    }

    /// <summary>Answers nothing between two moments of the run; what arrives then is answered at the end of it.</summary>
    private sealed class Frozen(IVirtualServer title, TimeSpan from, TimeSpan until, TransferKind? only = null) : IVirtualServer
    {
        private readonly DateTimeOffset _began = new VirtualLoop().UtcNow;

        public VirtualReply Answer(in TransferRequest request, DateTimeOffset arrival)
        {
            var reply = title.Answer(request, arrival);
            var at = arrival - _began;
            return at < from || at >= until || (only is { } kind && kind != request.Kind) ? reply : reply with { Wait = reply.Wait + until - at };
        }
    }
}

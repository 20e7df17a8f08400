using Gateway.Load.Baseline;

namespace Gateway.Tests.Load.Baseline;

public sealed class BaselineReportTests
{
    [Fact]
    public void Of_FourSamples_IsTheGoldenReport() => Assert.Equal(
        """
        # Start-up baseline

        ## Parse Stats

        - Label: before
        - Input: `a.ndjson`
        - Parsed JSON lines: 0
        - Invalid JSON lines skipped: 0
        - Non-object lines skipped: 0

        ## Reliability Summary

        - Startup timeline samples: 4
        - First-audible latency p50: 250.0 ms (from 4 samples)
        - First-audible latency p95: 385.0 ms (from 4 samples)
        - Startup timeouts: 0 of 4 (0.0 %)
        - Retry exhaustions: 0 of 4 (0.0 %)

        ## Gates

        | gate | result | figure |
        | --- | --- | --- |
        | Samples | FAILED | 4 (at least 200) |
        | Startup timeouts | passed | 0.0 % (at most 2.0 %) |
        | Retry exhaustion | passed | 0.0 % (at most 1.0 %) |
        | p95 to audible | passed | 385.0 ms (at most 2500.0 ms) |
        | p50 to audible | passed | 250.0 ms (at most 1200.0 ms) |

        ## Confidence Caveat

        - before: low confidence (4 startup timeline samples, 200 wanted)

        """,
        BaselineReport.Of(new NamedCapture("before", "a.ndjson", StartupFiguresTests.CaptureOf(100, 200, 300, 400))).Text);

    [Fact]
    public void Compare_TwoCaptures_TellsDeltasInBothMeasures()
    {
        var wave = StartupFiguresTests.CaptureOf(150, 300, 450, 600);
        wave.RetryExhaustions = 1;
        var text = BaselineReport.Compare(
            new NamedCapture("before", "a.ndjson", StartupFiguresTests.CaptureOf(100, 200, 300, 400)), new NamedCapture("after", "b.ndjson", wave)).Text;
        Assert.Contains(
            """
            ## Delta Summary

            after minus before:

            - First-audible latency p50: +125.0 ms (+50.0 %)
            - First-audible latency p95: +192.5 ms (+50.0 %)
            - Startup-timeout rate: 0.0 pp (n/a (baseline is 0))
            - Retry-exhaustion rate: +25.0 pp (n/a (baseline is 0))
            """,
            text,
            StringComparison.Ordinal);
        Assert.EndsWith(
            """
            - before: low confidence (4 startup timeline samples, 200 wanted)
            - after: low confidence (4 startup timeline samples, 200 wanted)
            - Deltas are directional only: they may show which way a figure went, not by how much.

            """,
            text,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Of_NoSample_SaysThatThereIsNone()
    {
        var report = BaselineReport.Of(new NamedCapture("empty", "a.ndjson", new Capture()));
        Assert.Contains("- First-audible latency p50: n/a (from 0 samples)", report.Text, StringComparison.Ordinal);
        Assert.Contains("- Startup timeouts: 0 of 0 (0.0 %)", report.Text, StringComparison.Ordinal);
        Assert.True(report.HasFailed);
    }

    [Fact]
    public void Of_EnoughGoodSamples_HasNotFailed()
    {
        var report = BaselineReport.Of(new NamedCapture("good", "a.ndjson", StartupFiguresTests.CaptureOf([.. Enumerable.Repeat(800.0, 200)])));
        Assert.False(report.HasFailed);
        Assert.Contains("baseline confidence (200 startup timeline samples", report.Text, StringComparison.Ordinal);
    }
}

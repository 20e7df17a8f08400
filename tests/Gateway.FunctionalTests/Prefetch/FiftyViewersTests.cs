using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Gateway.Caching;
using Gateway.FunctionalTests.Common;
using TranscoderStub.Requests;

namespace Gateway.FunctionalTests.Prefetch;

/// <summary>What fifty viewers of one title cost its origin: each segment once.</summary>
public sealed partial class FiftyViewersTests(ITestOutputHelper output)
{
    private const int Viewers = 50;
    private static readonly TimeSpan Spread = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan SegmentTime = TimeSpan.FromSeconds(2);

    /// <summary>The twenty seconds of their starts are ten rounds of two: in each, five more begin, and all who play ask for their next segment at once.</summary>
    [Fact]
    public async Task FiftyViewers_StartedWithinTwentySeconds_CostTheOriginEachSegmentOnce()
    {
        // A second request for what is late is wanted where an origin is slow; here only this machine is.
        await using var fixture = await GatewayWithStub.StartAsync("--Gateway:Origin:Hedging=false");
        var demanded = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        var viewers = Enumerable.Range(0, Viewers).Select(n => new ScriptedViewer(fixture, n, demanded)).ToArray();
        var rounds = (int)(Spread / SegmentTime);
        for (var round = 1; viewers.Any(v => !v.HasEnded); round++)
        {
            await Task.WhenAll(viewers.Take(Math.Min(round, rounds) * Viewers / rounds).Select(v => v.StepAsync()));
            await QuietAsync(fixture);
        }

        var asked = Report(fixture, demanded, await fixture.Client.GetStringAsync("/metrics"));
        Assert.All(asked.GroupBy(p => p, StringComparer.Ordinal), g => Assert.Single(g));
        Assert.All(demanded.Keys, p => Assert.Contains(p, asked));
        foreach (var viewer in viewers) viewer.Dispose();
    }

    /// <summary>The same by the clock, and without waiting for the gateway: by hand, for its figures.</summary>
    [Fact(Explicit = true)]
    public async Task FiftyViewers_InRealTime_FiguresAreReported()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var demanded = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        await Task.WhenAll(Enumerable.Range(0, Viewers).Select(async n =>
        {
            using var viewer = new ScriptedViewer(fixture, n, demanded);
            await Task.Delay(Spread * n / Viewers, TimeProvider.System);
            using var beat = new PeriodicTimer(SegmentTime, TimeProvider.System);
            // Two at once to begin with, then one for each that is played.
            await viewer.StepAsync();
            while (!viewer.HasEnded)
            {
                await viewer.StepAsync();
                await beat.WaitForNextTickAsync();
            }
        }));
        var asked = Report(fixture, demanded, await fixture.Client.GetStringAsync("/metrics"));
        Assert.Equal(asked.Distinct(StringComparer.Ordinal).Count(), asked.Count);
    }

    private static async Task QuietAsync(GatewayWithStub fixture)
    {
        var cache = fixture.Part<MediaCache>();
        using var limit = new CancellationTokenSource(Patience.Deadline, TimeProvider.System);
        while (cache.FetchesUnderWay > 0)
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private List<string> Report(GatewayWithStub fixture, ConcurrentDictionary<string, int> demanded, string metrics)
    {
        var asked = fixture.StubPart<RequestLog>().Snapshot()
            .Where(r => r.Method == "GET" && (r.Path.EndsWith(".m4s", StringComparison.Ordinal) || r.Path.EndsWith(".mp4", StringComparison.Ordinal)))
            .Select(r => r.Path)
            .ToList();
        var unique = asked.Distinct(StringComparer.Ordinal).Count();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{demanded.Values.Sum()} requests of viewers for {demanded.Count} objects; {asked.Count} requests at the origin for {unique}: {(double)asked.Count / unique:F2} each; {unique - demanded.Count} never asked for."));
        output.WriteLine(string.Join(Environment.NewLine, PrefetchLine().Matches(metrics).Select(m => m.Value)));
        return asked;
    }

    [GeneratedRegex("^gateway_prefetch_[a-z_]*(?:total|unused_bytes).*$|^gateway_segments_served_total.*$", RegexOptions.Multiline)]
    private static partial Regex PrefetchLine();
}

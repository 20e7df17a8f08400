using System.Text.Json;
using Gateway.FunctionalTests.Common;
using Gateway.Testing;

namespace Gateway.FunctionalTests.Browser;

/// <summary>The page's reports of a session to the gateway: each once, in parts that add up, and until the page is left.</summary>
public sealed class ReportTests(Chromium chromium) : IClassFixture<Chromium>, IDisposable
{
    private static readonly TimeSpan Deadline = Patience.Deadline;

    private readonly string _folder = Directory.CreateTempSubdirectory("reports-").FullName;

    private string EventsFile => Path.Combine(_folder, "events.ndjson");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("hls", "hlsjs")]
    [InlineData("dash", "dashjs")]
    [InlineData("dash", "shaka")]
    public async Task Startup_Successful_IsReportedOnceInPartsThatAddUp(string format, string player)
    {
        await using var fixture = await GatewayWithStub.StartAsync($"--Gateway:Telemetry:EventsFile={EventsFile}");
        await using var page = await OpenAsync(fixture.Url);
        await page.GoAsync($"/?title=demo&format={format}&player={player}&autoplay=1&muted=1");
        var state = await page.UntilAsync("s.position > 2", Deadline);
        Assert.Null(state.FatalError);

        var told = Assert.Single(await EventsAsync("player.startup_timeline"));
        Assert.Equal("audible", told.GetProperty("outcome").GetString());
        Assert.Equal("segmented", told.GetProperty("engine").GetString());
        Assert.Equal(state.SessionId, told.GetProperty("startupCorrelationId").GetString());
        var total = told.GetProperty("totalToAudibleMs").GetDouble();
        string[] parts = ["createLatencyMs", "createToManifestMs", "manifestToFirstChunkMs", "firstChunkToAudibleMs"];
        Assert.InRange(parts.Sum(part => told.GetProperty(part).GetDouble()), total - 50, total + 50);
        Assert.True(told.GetProperty("createToManifestMs").GetDouble() > 0);
        // The report is made right after the reported time.
        Assert.True(total >= (state.StartupSeconds!.Value * 1000) - 1, $"told {total} ms of {state.StartupSeconds} s");
        Assert.Contains("gateway_startup_seconds_count{engine=\"segmented\"} 1\n", await fixture.Client.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Startup_OfAMissingTitle_IsReportedAsFailed()
    {
        await using var fixture = await GatewayWithStub.StartAsync($"--Gateway:Telemetry:EventsFile={EventsFile}");
        await using var page = await OpenAsync(fixture.Url);
        await page.GoAsync("/?asset=nothing/master.m3u8&player=hlsjs&autoplay=1&muted=1");
        Assert.NotNull((await page.UntilAsync("false", Deadline)).FatalError);

        var told = Assert.Single(await EventsAsync("player.startup_timeline"));
        Assert.Equal("playback_error", told.GetProperty("outcome").GetString());
        // The gateway counts the refused manifest under its own reason; the failed start-up counts once.
        var counted = Assert.Single((await fixture.Client.GetStringAsync("/metrics")).Split('\n'), l => l.StartsWith("gateway_startup_failures_total{", StringComparison.Ordinal) && l.Contains("playback_error", StringComparison.Ordinal));
        Assert.EndsWith(" 1", counted, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Viewer_LeavesBeforeTheFirstFrame_IsReported()
    {
        await using var fixture = await GatewayWithStub.StartAsync($"--Gateway:Telemetry:EventsFile={EventsFile}");
        await fixture.PutFaultsAsync(new { kind = "latency", path = "/**/*.m4s", milliseconds = 300_000 });
        await using var page = await OpenAsync(fixture.Url);
        await page.GoAsync("/?title=demo&format=hls&player=hlsjs&autoplay=1&muted=1");
        await page.UntilAsync("s.requests > 0", Deadline);

        await page.Page.GotoAsync("about:blank");

        var told = Assert.Single(await EventsAsync("player.startup_timeline"));
        Assert.Equal("unexpected_stop", told.GetProperty("outcome").GetString());
        await fixture.PutFaultsAsync();
    }

    [Theory]
    [InlineData("hls", "hlsjs", "/**", "manifest", 3, ".m3u8")]
    [InlineData("dash", "dashjs", "/**", "manifest", 3, ".mpd")]
    [InlineData("dash", "shaka", "/**", "manifest", 3, ".mpd")]
    [InlineData("hls", "hlsjs", "/**/*.m4s", "segment", 2, null)]
    [InlineData("dash", "shaka", "/**/*.m4s", "segment", 2, null)]
    public async Task Startup_TriesExhausted_IsReportedOnceAndRequestsEnd(string format, string player, string broken, string stage, int tries, string? asked)
    {
        await using var fixture = await GatewayWithStub.StartAsync($"--Gateway:Telemetry:EventsFile={EventsFile}", "--Gateway:Origin:Retries=0");
        await fixture.PutFaultsAsync(new { kind = "status", path = broken, status = 503 });
        await using var page = await OpenAsync(fixture.Url);
        await page.GoAsync($"/?asset=demo/{(format == "hls" ? "master.m3u8" : "manifest.mpd")}&player={player}&autoplay=1&muted=1");
        Assert.NotNull((await page.UntilAsync("false", Deadline)).FatalError);

        var spent = Assert.Single(await EventsAsync("session.startup_retry_exhausted"));
        Assert.Equal(stage, spent.GetProperty("stage").GetString());
        Assert.Equal(tries, spent.GetProperty("attempts").GetInt32());
        Assert.Equal(1, spent.GetProperty("sessionResetsUsed").GetInt32());
        Assert.True(spent.GetProperty("windowElapsedMs").GetDouble() > 0);
        var told = Assert.Single(await EventsAsync("player.startup_timeline"));
        Assert.Equal("playback_error", told.GetProperty("outcome").GetString());
        Assert.Equal(0, told.GetProperty("retryBudgetRemaining").GetInt32());
        // One failed start-up is counted once, however many reports come.
        var metrics = await fixture.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Contains($"gateway_startup_failures_total{{reason=\"retry_exhausted\",stage=\"{stage}\"}} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("gateway_startup_failures_total{reason=\"playback_error\",stage=\"playback\"} 0\n", metrics, StringComparison.Ordinal);
        // All tries, and all of them once more from the beginning.
        if (asked is not null) Assert.Equal(2 * tries, page.Requests.Count(url => new Uri(url).AbsolutePath.EndsWith(asked, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Startup_FailsAtFirst_BeginsAgainAndPlays()
    {
        await using var fixture = await GatewayWithStub.StartAsync($"--Gateway:Telemetry:EventsFile={EventsFile}", "--Gateway:Origin:Retries=0");
        await fixture.PutFaultsAsync(new { kind = "status", path = "/demo/master.m3u8", status = 503, times = 4 });
        await using var page = await OpenAsync(fixture.Url);
        await page.GoAsync("/?asset=demo/master.m3u8&player=hlsjs&autoplay=1&muted=1");
        var state = await page.UntilAsync("s.position > 1", Deadline);

        Assert.Null(state.FatalError);
        var told = Assert.Single(await EventsAsync("player.startup_timeline"));
        Assert.Equal("audible", told.GetProperty("outcome").GetString());
        Assert.Equal(4, told.GetProperty("startupRetryCount").GetInt32());
        Assert.False(await page.Page.IsVisibleAsync("#failure"));
    }

    /// <summary>A page without time limits for the start-up and its retries: a browser on a busy machine may need longer than the page waits.</summary>
    private async Task<PlayerPage> OpenAsync(Uri gateway)
    {
        var page = await chromium.OpenAsync(gateway);
        foreach (var (file, written, longer) in new[]
        {
            ("playback.js", "this.#startupLimitMs = choice.startupTimeoutMs ?? startupLimitMs;", "this.#startupLimitMs = 600_000;"),
            ("startup.js", "const windowMs = 15_000;", "const windowMs = 600_000;"),
        })
        {
            var script = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "gateway", "wwwroot", "js", file));
            Assert.Contains(written, script, StringComparison.Ordinal);
            await page.Page.RouteAsync($"**/js/{file}", route => route.FulfillAsync(
                new() { ContentType = "text/javascript", Body = script.Replace(written, longer, StringComparison.Ordinal) }));
        }

        return page;
    }

    /// <summary>Events of that name, as soon as there is one: the page does not wait for the response, and the log is written later still.</summary>
    private async Task<JsonElement[]> EventsAsync(string name)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var lines = File.Exists(EventsFile) ? await ReadLinesAsync() : [];
            var found = lines.Select(line => JsonDocument.Parse(line).RootElement).Where(e => e.GetProperty("event").GetString() == name).ToArray();
            if (found.Length > 0 || TimeProvider.System.GetElapsedTime(started) > Deadline) return found;
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The last line may be half written.</summary>
    private async Task<string[]> ReadLinesAsync()
    {
        await using var file = new FileStream(EventsFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file);
        var text = await reader.ReadToEndAsync();
        return text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}

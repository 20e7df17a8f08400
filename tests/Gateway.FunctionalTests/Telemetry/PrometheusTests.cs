using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.FunctionalTests.Common;
using Gateway.Testing;

namespace Gateway.FunctionalTests.Telemetry;

/// <summary>A real Prometheus beside a gateway on a bad evening: every panel has data, every rule is computed.</summary>
public sealed class PrometheusTests : IDisposable
{
    /// <summary>
    /// Hedges need a second destination and a slow first one, foreign references a manifest that names a stranger; both are under test
    /// where they are made.
    /// </summary>
    private static readonly string[] NotOnThisEvening = ["gateway_origin_hedges_total", "gateway_manifest_foreign_references_total"];

    private const int MostRounds = 10;

    private readonly string _folder = Directory.CreateTempSubdirectory("prometheus-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Panels_AndAlerts_OfABadEvening_AllHaveData()
    {
        if (!File.Exists(PrometheusServer.Program)) Assert.Skip("prometheus (Debian package) is not installed");
        await using var house = await GatewayWithStub.StartAsync($"--Gateway:Telemetry:EventsFile={Path.Combine(_folder, "events.ndjson")}");
        await using var prometheus = await PrometheusServer.StartAsync(_folder, house.Url, Path.Combine(Repository.Root, "deploy", "prometheus", "rules"));

        // A rise shows only between two scrapes, so everything happens more than once; how often depends on where the scrapes fall.
        for (var round = 0; round < MostRounds; round++)
        {
            await EveningAsync(house, round);
            var scraped = await prometheus.ValueAsync("gateway_events_written_total") ?? 0;
            await prometheus.UntilAsync("gateway_events_written_total", value => value > scraped);
            if (round >= 2 && (await WithoutDataAsync(prometheus)).Count == 0) break;
        }

        await prometheus.UntilAsync("gateway:stalled_time:ratio_rate5m", value => value > 0);
        Assert.Empty(await WithoutDataAsync(prometheus));
        Assert.DoesNotContain(await prometheus.RulesAsync(), rule => rule.Health != "ok" || rule.Error.Length > 0);
        Assert.Equal(1, await prometheus.ValueAsync("count(ALERTS{alertname=\"GatewayMediaErrors\",window=\"1h\"})"));
    }

    [Fact]
    public async Task Sessions_TenThousand_MakeNoNewSeries()
    {
        await using var house = await GatewayWithStub.StartAsync("--Gateway:Sessions:CreatesPerWindow=1000000");
        using var client = house.NewClient("first");
        for (var number = -1; number <= 0; number++) await OneViewingAsync(client, number);
        var before = Series(await house.Client.GetStringAsync("/metrics"));

        await Parallel.ForEachAsync(Enumerable.Range(1, 10_000), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (number, _) => await OneViewingAsync(client, number));

        var after = Series(await house.Client.GetStringAsync("/metrics"));
        Assert.Equal(10_002, house.Part<Gateway.Sessions.SessionRegistry>().Count);
        Assert.DoesNotContain(after.Except(before), series => series.StartsWith("gateway_", StringComparison.Ordinal) || series.StartsWith("http_server_", StringComparison.Ordinal));
    }

    private static async Task OneViewingAsync(HttpClient client, int number)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/play/demo/master.m3u8");
        request.Headers.Add("CMCD-Session", $"sid=\"viewing-{number}\"");
        using var answer = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    /// <summary>Names with labels; the ephemeral address of the test's own connections is none of the gateway's making.</summary>
    private static HashSet<string> Series(string text) =>
        [.. text.Split('\n').Where(l => l.Length > 0 && l[0] != '#').Select(l => l[..l.LastIndexOf(' ')])];

    private static async Task EveningAsync(GatewayWithStub house, int round)
    {
        // Viewers: one from the origin and ahead of demand, one from the cache, one who is told to switch.
        foreach (var name in new[] { "anna", "berta" })
        {
            using var client = house.NewClient($"{name}-{round}");
            var viewer = await HlsViewer.StartAsync(client, "/play/demo/master.m3u8");
            for (var i = 0; i < 4; i++)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, viewer.Segments[i]);
                request.Headers.Add("CMCD-Object", $"br={(i % 2 == 0 ? 800 : 3200)},d=2000,ot=v");
                request.Headers.Add("CMCD-Request", "mtp=25000");
                request.Headers.Add("CMCD-Session", $"sid=\"{name}-{round}\"");
                using var answer = await client.SendAsync(request);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            }
        }

        Assert.Equal(HttpStatusCode.OK, (await house.Client.GetAsync("/play/demo/manifest.mpd")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await house.Client.GetAsync("/api/v1/playback/forged/origin/demo/master.m3u8")).StatusCode);

        // An origin that stumbles and falls.
        await house.PutFaultsAsync(
            new { kind = "status", status = 503, path = "/stumbles/**", times = 1 },
            new { kind = "status", status = 500, path = "/falls/**" });
        await house.Client.GetAsync($"/play/stumbles/{round}.m4s");
        await house.Client.GetAsync($"/play/falls/{round}.m4s");
        await house.Client.GetAsync($"/play/falls/{round}.m3u8");
        await house.PutFaultsAsync();

        await ReportsAsync(house);
        Assert.Equal(HttpStatusCode.OK, (await house.Client.PostAsync("/admin/cache/purge?prefix=/", null)).StatusCode);
    }

    /// <summary>A session of the control plane from its creation to its end, with all that a player may tell.</summary>
    private static async Task ReportsAsync(GatewayWithStub house)
    {
        const string Root = "/api/v1/playback/sessions";
        var id = await IdAsync(await house.Client.PostAsJsonAsync(Root, new { mediaId = "demo", engine = "segmented" }));
        object[] reports =
        [
            new { @event = "player.startup_timeline", totalToAudibleMs = 850, outcome = "audible" },
            new { @event = "player.startup_timeline", totalToAudibleMs = 9000, outcome = "startup_timeout", retryBudgetRemaining = 1 },
            new { @event = "session.startup_retry_exhausted", stage = "manifest" },
            new { @event = "player.rebuffer" },
            new { @event = "player.rebuffer_recovered", durationMs = 1500 },
            new { @event = "session.handoff_load_error" },
        ];
        Assert.Equal(HttpStatusCode.Accepted, (await house.Client.PostAsJsonAsync($"{Root}/{id}/events", reports)).StatusCode);
        var start = TimeProvider.System.GetTimestamp();
        for (var second = 0; second < 2; second++)
        {
            await house.Client.PostAsJsonAsync($"{Root}/{id}/heartbeat", new { positionSec = second * 1.0, isPlaying = true, bufferedUntilSec = 20 });
            if (second == 0) await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        }

        Assert.True(TimeProvider.System.GetElapsedTime(start) >= TimeSpan.FromSeconds(0.9));
        var next = await IdAsync(await house.Client.PostAsJsonAsync($"{Root}/{id}/handoff", new { positionSec = 1, isPlaying = true, bufferedUntilSec = 20 }));
        await house.Client.DeleteAsync($"{Root}/{id}");
        await house.Client.DeleteAsync($"{Root}/{next}");
    }

    private static async Task<string> IdAsync(HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("sessionId").GetString()!;
    }

    private static async Task<List<string>> WithoutDataAsync(PrometheusServer prometheus)
    {
        var without = new List<string>();
        foreach (var file in Directory.GetFiles(Path.Combine(Repository.Root, "grafana", "dashboards"), "*.json"))
        {
            using var dashboard = JsonDocument.Parse(await File.ReadAllTextAsync(file));
            foreach (var panel in dashboard.RootElement.GetProperty("panels").EnumerateArray())
            {
                if (!panel.TryGetProperty("targets", out var targets)) continue;
                foreach (var target in targets.EnumerateArray())
                {
                    var query = target.GetProperty("expr").GetString()!;
                    if (NotOnThisEvening.Any(series => query.Contains(series, StringComparison.Ordinal))) continue;
                    var filled = query.Replace("$__rate_interval", "5m", StringComparison.Ordinal)
                        .Replace("$instance", ".*", StringComparison.Ordinal).Replace("$engine", ".*", StringComparison.Ordinal);
                    if ((await prometheus.QueryAsync(filled)).GetArrayLength() == 0) without.Add($"{Path.GetFileName(file)}: {panel.GetProperty("title")}: {query}");
                }
            }
        }

        return without;
    }
}

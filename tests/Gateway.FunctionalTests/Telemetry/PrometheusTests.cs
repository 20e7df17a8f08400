using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gateway.FunctionalTests.Common;
using Gateway.Testing;

namespace Gateway.FunctionalTests.Telemetry;

/// <summary>A real Prometheus beside a gateway on a bad evening: every panel has data, every rule is computed.</summary>
public sealed partial class PrometheusTests : IDisposable
{
    private const int Rounds = 2;

    private readonly string _folder = Directory.CreateTempSubdirectory("prometheus-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task PanelsAndAlerts_OfABadEvening_AllHaveData()
    {
        if (!File.Exists(PrometheusServer.Program)) Assert.Skip("prometheus (Debian package) is not installed");
        await using var fixture = await GatewayWithStub.StartAsync(
            BadEvening.GiveSecondDestination, [.. BadEvening.Knobs, $"--Gateway:Telemetry:EventsFile={Path.Combine(_folder, "events.ndjson")}"]);
        await using var prometheus = await PrometheusServer.StartAsync(_folder, fixture.Url, Path.Combine(Repository.Root, "deploy", "prometheus", "rules"));

        // A rise shows only between two scrapes that see the series, so everything happens twice, with a scrape of its own after each time.
        var evening = new BadEvening(fixture);
        for (var round = 0; round < Rounds; round++)
        {
            await evening.RoundAsync(round);
            await prometheus.ScrapedAsync();
        }

        List<string> without = [];
        await Patience.UntilAsync(async () => (without = await WithoutDataAsync(prometheus)).Count == 0, () => string.Join(Environment.NewLine, without));
        await prometheus.UntilAsync("gateway:stalled_time:ratio_rate5m", value => value > 0);
        Assert.Equal((0, ""), await Promtool.RunAsync(await fixture.Client.GetStringAsync("/metrics"), "check", "metrics"));
        Assert.DoesNotContain(await prometheus.RulesAsync(), rule => rule.Health != "ok" || rule.Error.Length > 0);
        await prometheus.UntilAsync("count(ALERTS{alertname=\"GatewayMediaErrors\",window=\"1h\"})", value => value == 1);
    }

    [Fact]
    public async Task Sessions_TenThousand_MakeNoNewSeries()
    {
        // Nothing runs out meanwhile and has to be asked for again.
        await using var fixture = await GatewayWithStub.StartAsync(ManualTimeProvider.FromNow(), "--Gateway:Sessions:CreatesPerWindow=1000000");
        using var client = fixture.NewClient("first");
        for (var number = -1; number <= 0; number++) await OneSessionAsync(client, number);
        var before = Series(await fixture.Client.GetStringAsync("/metrics"));

        await Parallel.ForEachAsync(Enumerable.Range(1, 10_000), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (number, _) => await OneSessionAsync(client, number));

        var after = Series(await fixture.Client.GetStringAsync("/metrics"));
        Assert.Equal(10_002, fixture.Part<Gateway.Sessions.Registry.SessionRegistry>().Count);
        Assert.DoesNotContain(after.Except(before), series => series.StartsWith("gateway_", StringComparison.Ordinal) || series.StartsWith("http_server_", StringComparison.Ordinal));
    }

    private static async Task OneSessionAsync(HttpClient client, int number)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/play/demo/master.m3u8");
        request.Headers.Add("CMCD-Session", $"sid=\"session-{number}\"");
        using var answer = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    /// <summary>Names with labels; the ephemeral address of the test's own connections is none of the gateway's making.</summary>
    private static HashSet<string> Series(string text) =>
        [.. text.Split('\n').Where(l => l.Length > 0 && l[0] != '#').Select(l => l[..l.LastIndexOf(' ')])];

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
                    var filled = query.Replace("$__rate_interval", "5m", StringComparison.Ordinal)
                        .Replace("$job", ".*", StringComparison.Ordinal).Replace("$instance", ".*", StringComparison.Ordinal).Replace("$engine", ".*", StringComparison.Ordinal);
                    if ((await prometheus.QueryAsync(filled)).GetArrayLength() == 0) without.Add($"{Path.GetFileName(file)}: {panel.GetProperty("title")}: {query}");
                }
            }
        }

        foreach (var query in await prometheus.RuleQueriesAsync())
        {
            foreach (Match selector in Selector().Matches(query))
            {
                // What a rule picks out by a label has to have happened: an announced zero is there under many a name.
                var picked = selector.Value.Contains('{', StringComparison.Ordinal) && !selector.Value.StartsWith("up", StringComparison.Ordinal);
                var found = picked ? $"sum({selector.Value}) > 0" : selector.Value;
                if ((await prometheus.QueryAsync(found)).GetArrayLength() == 0) without.Add($"a rule looks for {selector.Value}: {query}");
            }
        }

        return without;
    }

    /// <summary>A series as a rule's expression names it, with what it asks of its labels.</summary>
    [GeneratedRegex(@"(?<![\w:])(gateway[_:][a-z0-9_:]+|up)\b(\{[^}]*\})?")]
    private static partial Regex Selector();
}

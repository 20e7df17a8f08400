using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Gateway.FunctionalTests.Telemetry;

/// <summary>Debian's Prometheus, scraping one gateway every second with the rules of the repository.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    public const string Program = "/usr/bin/prometheus";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly HttpClient _client;

    private PrometheusServer(Process process, Uri url)
    {
        _process = process;
        _client = new HttpClient { BaseAddress = url };
    }

    public static async Task<PrometheusServer> StartAsync(string folder, Uri gateway, string rules)
    {
        var configuration = Path.Combine(folder, "prometheus.yml");
        await File.WriteAllTextAsync(configuration, $"""
            global:
              scrape_interval: 1s
              scrape_timeout: 1s
              evaluation_interval: 1s
            rule_files: ["{rules}/*.yml"]
            scrape_configs:
              - job_name: gateway
                static_configs:
                  - targets: ["{gateway.Authority}"]
            """);
        var port = FreePort();
        var process = Process.Start(new ProcessStartInfo(
            Program,
            [
                $"--config.file={configuration}",
                $"--storage.tsdb.path={Path.Combine(folder, "data")}",
                string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{port}"),
                "--enable-feature=exemplar-storage",
                "--log.level=error",
            ])
        { UseShellExecute = false })!;
        var server = new PrometheusServer(process, new Uri($"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}"));
        try
        {
            await server.UntilAsync("up", value => value == 1);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The value of the only series of a query; null when there is none or the server is not up yet.</summary>
    public async Task<double?> ValueAsync(string query)
    {
        try
        {
            var result = (await QueryAsync(query)).EnumerateArray().ToArray();
            return result.Length == 0 ? null : double.Parse(result[0].GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>Series of an instant query.</summary>
    /// <exception cref="InvalidOperationException">Prometheus refuses the query.</exception>
    /// <exception cref="HttpRequestException">Prometheus is not there, or not yet.</exception>
    public async Task<JsonElement> QueryAsync(string query)
    {
        using var answer = await _client.PostAsync("/api/v1/query", new FormUrlEncodedContent([new("query", query)]));
        var text = await answer.Content.ReadAsStringAsync();

        // Between opening its port and reading its log of writes it answers so.
        if (answer.StatusCode == HttpStatusCode.ServiceUnavailable) throw new HttpRequestException(text);
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"{query}: {text}");
        return JsonDocument.Parse(text).RootElement.GetProperty("data").GetProperty("result");
    }

    /// <summary>Every rule with its health and its last error.</summary>
    public async Task<(string Name, string Health, string Error)[]> RulesAsync() =>
    [
        .. (await RuleObjectsAsync()).Select(r => (
            r.GetProperty("name").GetString()!, r.GetProperty("health").GetString()!, r.TryGetProperty("lastError", out var e) ? e.GetString()! : "")),
    ];

    /// <summary>The expression of every rule, as Prometheus has understood it.</summary>
    public async Task<string[]> RuleQueriesAsync() => [.. (await RuleObjectsAsync()).Select(r => r.GetProperty("query").GetString()!)];

    public async Task UntilAsync(string query, Func<double, bool> condition)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (await ValueAsync(query) is not { } value || !condition(value))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Deadline, $"{query} did not come to it in time");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<IEnumerable<JsonElement>> RuleObjectsAsync()
    {
        var answer = JsonDocument.Parse(await _client.GetStringAsync("/api/v1/rules")).RootElement;
        return answer.GetProperty("data").GetProperty("groups").EnumerateArray().SelectMany(g => g.GetProperty("rules").EnumerateArray());
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

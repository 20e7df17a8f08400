using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests.Telemetry;

/// <summary>Debian's Prometheus, scraping one gateway every few seconds with the rules of the repository.</summary>
internal sealed partial class PrometheusServer : IAsyncDisposable
{
    public const string Program = "/usr/bin/prometheus";

    private readonly Process _process;
    private readonly HttpClient _client = new();

    private PrometheusServer(Process process) => _process = process;

    public static async Task<PrometheusServer> StartAsync(string folder, Uri gateway, string rules)
    {
        var configuration = Path.Combine(folder, "prometheus.yml");
        await File.WriteAllTextAsync(configuration, $"""
            global:
              scrape_interval: 5s
              scrape_timeout: 5s
              evaluation_interval: 5s
            rule_files: ["{rules}/*.yml"]
            scrape_configs:
              - job_name: gateway
                static_configs:
                  - targets: ["{gateway.Authority}"]
            """);
        var process = Process.Start(new ProcessStartInfo(
            Program,
            [
                $"--config.file={configuration}",
                $"--storage.tsdb.path={Path.Combine(folder, "data")}",
                "--web.listen-address=127.0.0.1:0",
                "--enable-feature=exemplar-storage",
            ])
        { UseShellExecute = false, RedirectStandardError = true })!;
        var address = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null) address.TrySetException(new InvalidOperationException("Prometheus ended before it listened."));
            else if (Listening().Match(line.Data) is { Success: true } found) address.TrySetResult(found.Groups[1].Value);
        };
        process.BeginErrorReadLine();
        var server = new PrometheusServer(process);
        try
        {
            server._client.BaseAddress = new Uri($"http://{await address.Task.WaitAsync(Patience.Deadline)}");
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

    /// <summary>Completes when a scrape is in that began after this was called: whatever happened before is in it.</summary>
    public Task ScrapedAsync()
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        return UntilAsync("timestamp(up)", began => began > now);
    }

    public async Task UntilAsync(string query, Func<double, bool> condition)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (await ValueAsync(query) is not { } value || !condition(value))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Patience.Deadline, $"{query} did not come to it in time");
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

    /// <summary>What it says once its port is known.</summary>
    [GeneratedRegex(@"msg=""Listening on"".* address=(127\.0\.0\.1:\d+)")]
    private static partial Regex Listening();
}

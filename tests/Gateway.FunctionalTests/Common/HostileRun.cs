using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Gateway.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Gateway.FunctionalTests.Common;

/// <summary>
/// Hostile requests at two gateways in this process, one open and one in token mode, before a real transcoder. Each of these is a fault: a 5xx response of
/// the gateway's own, no response at all, an error in its log, an event log that does not go on, a player that cannot play afterwards.
/// </summary>
internal sealed class HostileRun : IAsyncDisposable
{
    private const string AdminKey = "the-operators-key-of-the-hostile-run";
    private const string KeySet = """{"keys":[{"kty":"oct","kid":"h","k":"AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA"}]}""";

    private static readonly TimeSpan Patient = TimeSpan.FromMinutes(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("hostile-run-").FullName;
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly ConcurrentDictionary<string, int> _answers = new(StringComparer.Ordinal);
    private readonly List<WebApplication> _apps = [];

    /// <summary>The faults, with the request in hex where one caused it.</summary>
    public IReadOnlyCollection<string> Faults => _faults;

    /// <summary>Number of responses by route and status.</summary>
    public IReadOnlyDictionary<string, int> Answers => _answers;

    /// <param name="requests">Number of requests in all.</param>
    /// <param name="seed">The same seed gives the same requests.</param>
    /// <param name="tell">Called with the progress.</param>
    public async Task RunAsync(int requests, int seed, Action<int> tell)
    {
        var stub = TranscoderStub.Program.Build(["--urls", "http://127.0.0.1:0"], builder => builder.Logging.ClearProviders());
        _apps.Add(stub);
        await stub.StartAsync();
        var keys = Path.Combine(_folder, "keys.json");
        await File.WriteAllTextAsync(keys, KeySet);
        var open = await StartAsync(stub, "open");
        var closed = await StartAsync(stub, "closed", "--Gateway:Access:Mode=Token", $"--Gateway:Access:Jwks={keys}", "--Gateway:Access:CredentialFailures=1000000", $"--Gateway:Access:EdgeAuthKey={new string('a', 64)}");
        var done = 0;
        await Parallel.ForAsync(0, 4, async (worker, stop) =>
        {
            var gateway = worker % 2 == 0 ? open : closed;
            var targets = new HostileTargets { AdminKey = AdminKey, Token = Token() };
            var hostile = new HostileRequests(seed + worker, targets);
            for (var i = 0; i < requests / 4; i++)
            {
                // A session accepts a limited number of reports a minute, and some of the requests end it.
                if (i % 100 == 0) await OpenAsync(gateway, targets, stop);
                await SendAsync(gateway, hostile, stop);
                if (Interlocked.Increment(ref done) % 5000 == 0) tell(done);
            }
        });
        await AfterwardsAsync(open, "open");
        await AfterwardsAsync(closed, "closed");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var app in Enumerable.Reverse(_apps)) await app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private string EventsOf(string name) => Path.Combine(_folder, $"{name}.ndjson");

    private async Task<WebApplication> StartAsync(WebApplication stub, string name, params string[] knobs)
    {
        string[] all =
        [
            "--urls", "http://127.0.0.1:0", $"--ReverseProxy:Clusters:origin:Destinations:a:Address={stub.Urls.Single()}/", "--Gateway:Telemetry:Events=File", $"--Gateway:Telemetry:EventsFile={EventsOf(name)}",
            "--Gateway:Telemetry:EventsFileMaxBytes=1073741824", "--Gateway:Telemetry:EventQueue=1048576", $"--Gateway:Admin:ApiKey={AdminKey}", "--Gateway:Admin:KeyFailures=100000",
            "--Gateway:Sessions:CreatesPerWindow=1000000", "--Gateway:Sessions:MaxSessions=1000000", .. knobs,
        ];
        var gateway = Gateway.Program.Build(all, builder => builder.Logging.ClearProviders().AddProvider(new ErrorQueue(name, _faults)));
        _apps.Add(gateway);
        await gateway.StartAsync();
        return gateway;
    }

    private async Task SendAsync(WebApplication gateway, HostileRequests hostile, CancellationToken stop)
    {
        var request = hostile.Next(out var route, out var isHead);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(Patient);
        RawAnswer answer;
        try
        {
            answer = await RawAnswer.OfAsync(new Uri(gateway.Urls.Single()), request, isHead, deadline.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            _faults.Enqueue($"no answer within {Patient}: {Shown(request)}");
            return;
        }

        var isOurs = answer.Status >= 500 && !IsOfOrigin(answer, isHead);
        _answers.AddOrUpdate($"{route} {answer.Status}", 1, static (_, known) => known + 1);
        if (isOurs && _faults.Count < 100) _faults.Enqueue($"{answer.Status} {answer.Body}: {Shown(request)}");
    }

    /// <summary>The origin's own failures are passed on by codes of their own; what Kestrel does not speak (505) is the client's.</summary>
    private static bool IsOfOrigin(in RawAnswer answer, bool isHead) => answer.Status == 505
        || (answer.Status is 502 or 503 or 504 && (isHead || answer.Body.Contains("STREAMING_ORIGIN_", StringComparison.Ordinal) || answer.Body.Contains("STREAMING_MANIFEST_INVALID", StringComparison.Ordinal)
            || answer.Body.Contains("STREAMING_ASSET_NOT_READY", StringComparison.Ordinal)));

    private static async Task OpenAsync(WebApplication gateway, HostileTargets targets, CancellationToken stop)
    {
        using var client = Client(gateway, targets.Token);
        using var answer = await client.PostAsJsonAsync("/api/v1/playback/sessions", new { mediaId = "demo" }, stop);
        answer.EnsureSuccessStatusCode();
        var session = await answer.Content.ReadFromJsonAsync<JsonElement>(stop);
        targets.SessionId = session.GetProperty("sessionId").GetString()!;
        targets.Ticket = session.GetProperty("ticket").GetString()!;
    }

    /// <summary>Checks that the process runs, plays, and writes complete events.</summary>
    private async Task AfterwardsAsync(WebApplication gateway, string name)
    {
        using var client = Client(gateway, Token());
        var targets = new HostileTargets { Token = Token() };
        await OpenAsync(gateway, targets, CancellationToken.None);
        using var played = await client.GetAsync($"/api/v1/playback/{targets.Ticket}/origin/demo/master.m3u8");
        if (!played.IsSuccessStatusCode) _faults.Enqueue($"{name}: does not play afterwards: {(int)played.StatusCode}");
        using var told = await client.PostAsJsonAsync($"/api/v1/playback/sessions/{targets.SessionId}/events", new Dictionary<string, string>(StringComparer.Ordinal) { ["event"] = "afterwards" });
        if (!told.IsSuccessStatusCode) _faults.Enqueue($"{name}: takes no events afterwards: {(int)told.StatusCode}");
        await gateway.StopAsync();
        var isThere = false;
        await foreach (var line in File.ReadLinesAsync(EventsOf(name)))
        {
            try
            {
                using var json = JsonDocument.Parse(line);
                isThere |= json.RootElement.GetProperty("event").ValueEquals("afterwards");
            }
            catch (JsonException)
            {
                _faults.Enqueue($"{name}: the event log has a line that is no JSON: {line}");
            }
        }

        if (!isThere) _faults.Enqueue($"{name}: the event log did not go on");
    }

    private static HttpClient Client(WebApplication gateway, string token)
    {
        var client = new HttpClient { BaseAddress = new Uri(gateway.Urls.Single()), Timeout = Patient };
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return client;
    }

    private static string Token()
    {
        byte[] secret = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
        var head = Encode("""{"alg":"HS256","kid":"h"}"""u8) + "." + Encode("""{"sub":"fuzz","exp":9999999999}"""u8);
        return head + "." + Encode(System.Security.Cryptography.HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(head)));

        static string Encode(ReadOnlySpan<byte> bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
    }

    private static string Shown(byte[] request)
    {
        var text = Encoding.Latin1.GetString(request, 0, Math.Min(request.Length, 1500));
        return JsonSerializer.Serialize(text);
    }

    private sealed class ErrorQueue(string name, ConcurrentQueue<string> faults) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel) && faults.Count < 100) faults.Enqueue($"{name} logs an error: {formatter(state, exception)} {exception}");
        }

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}

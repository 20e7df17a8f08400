using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Gateway.Benchmarks.Hits;

/// <summary>A gateway in a process of its own, on the cores that it is given, with a session of the title and connections to it.</summary>
internal sealed partial class HitGateway : IAsyncDisposable
{
    private const int Connections = 16;
    private const string Mark = "Now listening on: ";

    private readonly Process _process;
    private readonly HttpClient _client;
    private readonly HitViewer[] _viewers = new HitViewer[Connections];
    private readonly string _session;
    private readonly Uri _url;
    private long _number = TimeProvider.System.GetTimestamp();

    private HitGateway(string name, Process process, Uri url, HttpClient client, string session) => (Name, _process, _url, _client, _session) = (name, process, url, client, session);

    public string Name { get; }

    public int ProcessId => _process.Id;

    public Uri Url => _url;

    /// <summary>A session of the title's own for a player of that name: the path below which it asks.</summary>
    public async Task<string> OpenSessionAsync(string player)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"/play/{HitOrigin.List}", UriKind.Relative)) { Headers = { { "User-Agent", player } } };
        using var answer = await _client.SendAsync(request);
        var session = InPlaylist().Match(await answer.Content.ReadAsStringAsync());
        return session.Success ? session.Value : throw new InvalidOperationException("The playlist names no session.");
    }

    /// <param name="program">Path of its Gateway.dll.</param>
    /// <param name="cores">As taskset(1) takes them.</param>
    /// <param name="origin">Where the title lies.</param>
    /// <param name="environment">Variables for it: <c>NAME=value</c>.</param>
    public static async Task<HitGateway> StartAsync(string program, string cores, string origin, IReadOnlyCollection<string> environment)
    {
        var process = Process.Start(new ProcessStartInfo(
            "taskset",
            [
                "-c", cores, "env", .. environment, "dotnet", program, "--urls", "http://127.0.0.1:0", $"--ReverseProxy:Clusters:origin:Destinations:a:Address={origin}/", "--Gateway:Telemetry:SegmentEvents=Failures",
                "--Gateway:Access:TicketKeyFile=none",
            ])
        { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
        var listens = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data?.IndexOf(Mark, StringComparison.Ordinal) is >= 0 and var at) listens.TrySetResult(new Uri(line.Data[(at + Mark.Length)..].Trim()));
        };
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => listens.TrySetException(new InvalidOperationException($"{program} did not start."));
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        var url = await listens.Task.WaitAsync(TimeSpan.FromMinutes(1));
        var client = new HttpClient { BaseAddress = url };
        var session = InPlaylist().Match(await client.GetStringAsync(new Uri($"/play/{HitOrigin.List}", UriKind.Relative)));
        if (!session.Success) throw new InvalidOperationException("The playlist names no session.");
        var gateway = new HitGateway(string.Join(' ', [.. environment, program]), process, url, client, session.Value);
        for (var i = 0; i < Connections; i++) gateway._viewers[i] = await HitViewer.ConnectAsync(url);
        // So that the session's own playlist is known by the address that its segments have.
        await client.GetStringAsync(new Uri($"{session.Value}{HitOrigin.List}", UriKind.Relative));
        return gateway;
    }

    /// <summary>Sends the requests of a turn; tells what they cost and how long they took.</summary>
    public async Task<(HitCounters Used, TimeSpan Took)> PlayAsync(HitCase asked)
    {
        var root = asked.IsTicketed ? _session : "/play/";
        var fixedTarget = root + asked.Object;
        Func<string> target = asked switch
        {
            { IsNew: true } => () => root + HitOrigin.NameOf(asked.Object, Interlocked.Increment(ref _number)),
            { IsPlayed: true } => () => root + HitOrigin.SegmentOf(Interlocked.Increment(ref _number)),
            _ => () => fixedTarget,
        };
        var before = await CountersAsync();
        var began = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(_viewers.Select(viewer => viewer.AskAsync(_url.Authority, target, asked.Requests / Connections)));
        var took = TimeProvider.System.GetElapsedTime(began);
        return (await CountersAsync() - before, took);
    }

    /// <summary>All connections ask for some time, each for one object after the other; tells what that cost, and how long each answer took, in milliseconds.</summary>
    public async Task<(HitCounters Used, TimeSpan Took, List<double> Answers)> PlayAsync(IReadOnlyList<HitCase> mix, TimeSpan time)
    {
        var requests = mix.Select(asked => HitViewer.RequestFor(_url.Authority, (asked.IsTicketed ? _session : "/play/") + asked.Object)).ToArray();
        var before = await CountersAsync();
        var processor = ProcessorTime();
        var began = TimeProvider.System.GetTimestamp();
        var answers = await Task.WhenAll(_viewers.Select(async (viewer, number) =>
        {
            var took = new List<double>();
            for (var i = number; TimeProvider.System.GetElapsedTime(began) < time; i++)
            {
                var asked = TimeProvider.System.GetTimestamp();
                await viewer.AskAsync(requests[i % requests.Length]);
                took.Add(TimeProvider.System.GetElapsedTime(asked).TotalMilliseconds);
            }

            return took;
        }));
        var all = TimeProvider.System.GetElapsedTime(began);
        var used = ProcessorTime() - processor;
        return ((await CountersAsync() - before) with { Processor = used }, all, [.. answers.SelectMany(a => a)]);
    }

    /// <summary>In hundredths of a second, but with the time of threads that have ended.</summary>
    private TimeSpan ProcessorTime()
    {
        _process.Refresh();
        return _process.TotalProcessorTime;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var viewer in _viewers) viewer.Dispose();
        _client.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    public async Task<HitCounters> CountersAsync() => HitCounters.Of(_process.Id, await _client.GetStringAsync(new Uri("/metrics", UriKind.Relative)));

    [GeneratedRegex("/api/v1/playback/[^/]+/origin/", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex InPlaylist();
}

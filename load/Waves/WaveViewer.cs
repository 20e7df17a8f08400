using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gateway.Rollout.Judging;

namespace Gateway.Load.Waves;

/// <summary>
/// One viewer of a wave: asks for a session without naming an engine, plays what it is given by the clock, and tells the gateway what the player page tells it. What it plays is fetched as a player does that
/// keeps one segment ahead, or by ranges of the file; it adapts nothing, since both sides are to be measured alike.
/// </summary>
internal sealed partial class WaveViewer(WavePlan plan, IWaveLever lever, Uri target, TimeProvider time)
{
    private const string Root = "/api/v1/playback/sessions";
    private const int RangeBytes = 256 * 1024;

    private static readonly TimeSpan s_segment = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    /// <summary>Plays to the end; null when the viewer was on no side.</summary>
    public async Task<SessionOutcome?> PlayAsync(CancellationToken stop)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = true }) { BaseAddress = target, Timeout = s_patience };
        var started = time.GetTimestamp();
        using var created = await TryAsync(() => client.PostAsJsonAsync(new Uri(Root, UriKind.Relative), new { mediaId = plan.MediaId }, stop));
        if (created is null) return null;
        if (!created.IsSuccessStatusCode) return lever.ArmOf(created, EmptyBody) is { } refused ? new SessionOutcome { Arm = refused, CreateFailed = (int)created.StatusCode >= 500 } : null;
        var session = await created.Content.ReadFromJsonAsync<JsonElement>(stop);
        if (lever.ArmOf(created, session) is not { } arm) return null;
        var outcome = new SessionOutcome { Arm = arm };
        try
        {
            outcome = session.GetProperty("engine").GetString() == "segmented"
                ? await PlaySegmentedAsync(client, session, outcome, started, stop)
                : await PlayFileAsync(client, session, outcome, started, stop);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException && !stop.IsCancellationRequested)
        {
            outcome = outcome.StartupMs is null ? outcome with { StartupFailed = true } : outcome with { HandoffLost = true, Interrupted = true };
        }

        await TellAsync(client, session, outcome, stop);
        return outcome;
    }

    private static readonly JsonElement EmptyBody = JsonDocument.Parse("""{"engine":""}""").RootElement;

    private async Task<SessionOutcome> PlaySegmentedAsync(HttpClient client, JsonElement session, SessionOutcome outcome, long started, CancellationToken stop)
    {
        var master = new Uri(target, session.GetProperty("hlsUrl").GetString());
        var list = await client.GetStringAsync(master, stop);
        var media = list.Contains("#EXT-X-STREAM-INF", StringComparison.Ordinal) ? new Uri(master, Line().Match(list).Value.Trim()) : master;
        if (media != master) list = await client.GetStringAsync(media, stop);
        Uri[] segments = [.. Line().Matches(list).Select(m => new Uri(media, m.Value.Trim()))];
        return await PlayAsync(segments.Length, i => client.GetAsync(segments[i], stop), outcome, started, stop);
    }

    private Task<SessionOutcome> PlayFileAsync(HttpClient client, JsonElement session, SessionOutcome outcome, long started, CancellationToken stop)
    {
        var file = new Uri(target, session.GetProperty("directUrl").GetString());
        return PlayAsync(int.MaxValue, async i =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, file) { Headers = { Range = new RangeHeaderValue((long)i * RangeBytes, ((i + 1L) * RangeBytes) - 1) } };
            return await client.SendAsync(request, stop);
        }, outcome, started, stop);
    }

    /// <summary>Pieces by the clock: each plays for two seconds, and one that comes later than the one before it has played is a stall.</summary>
    private async Task<SessionOutcome> PlayAsync(int most, Func<int, Task<HttpResponseMessage>> fetch, SessionOutcome outcome, long started, CancellationToken stop)
    {
        double ahead = 0, stalled = 0, longest = 0, played = 0;
        long last = 0;
        for (var i = 0; i < most && played < plan.WatchSec; i++)
        {
            using var answer = await fetch(i);
            if ((int)answer.StatusCode == 416 && i > 0) break;
            answer.EnsureSuccessStatusCode();
            var now = time.GetTimestamp();
            if (outcome.StartupMs is null)
            {
                outcome = outcome with { StartupMs = time.GetElapsedTime(started, now).TotalMilliseconds };
            }
            else
            {
                var waited = time.GetElapsedTime(last, now).TotalSeconds - ahead;
                if (waited > 0) (stalled, longest) = (stalled + waited, Math.Max(longest, waited));
                ahead = Math.Max(0, -waited);
            }

            last = now;
            ahead += s_segment.TotalSeconds;
            played += s_segment.TotalSeconds;
            // One piece ahead, not the whole title at once.
            if (ahead > s_segment.TotalSeconds) await Task.Delay(TimeSpan.FromSeconds(ahead - s_segment.TotalSeconds), time, stop);
        }

        return outcome with { StallMs = stalled * 1000, LongestStallMs = longest * 1000, PlayedMs = played * 1000 };
    }

    private static async Task TellAsync(HttpClient client, JsonElement session, SessionOutcome outcome, CancellationToken stop)
    {
        var path = $"{Root}/{session.GetProperty("sessionId").GetString()}";
        var events = new List<object>
        {
            outcome.StartupMs is { } ms
                ? new { @event = "player.startup_timeline", totalToAudibleMs = ms, outcome = "audible" }
                : new { @event = "player.startup_timeline", totalToAudibleMs = 0, outcome = "playback_error" },
        };
        if (outcome.LongestStallMs > 100)
        {
            events.Add(new { @event = "player.rebuffer" });
            events.Add(new { @event = "player.rebuffer_recovered", outcome = "recovered", durationMs = outcome.LongestStallMs });
        }

        using var told = await TryAsync(() => client.PostAsJsonAsync(new Uri($"{path}/events", UriKind.Relative), events, stop));
        using var ended = await TryAsync(() => client.DeleteAsync(new Uri(path, UriKind.Relative), stop));
    }

    private static async Task<HttpResponseMessage?> TryAsync(Func<Task<HttpResponseMessage>> send)
    {
        try
        {
            return await send();
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }

    [GeneratedRegex("^[^#\\s].*$", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex Line();
}

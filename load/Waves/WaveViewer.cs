using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Load.Players;
using Gateway.Rollout.Judging;

namespace Gateway.Load.Waves;

/// <summary>
/// One viewer of a wave: asks for a session without naming an engine, plays what it is given, and tells the gateway what the player page tells it. Segments are played by a virtual player that adapts
/// (<see cref="WavePlayers"/>), one file by ranges and the clock: there is nothing to adapt in it.
/// </summary>
internal sealed class WaveViewer(WavePlan plan, IWaveLever lever, WavePlayers players, Uri target, TimeProvider time)
{
    private const string Root = "/api/v1/playback/sessions";
    private const int RangeBytes = 256 * 1024;

    /// <summary>How long a piece of a file plays.</summary>
    private static readonly TimeSpan s_piece = TimeSpan.FromSeconds(2);

    /// <summary>Plays to the end; null when the viewer was on no side.</summary>
    public async Task<SessionOutcome?> PlayAsync(CancellationToken stop)
    {
        using var connections = new SocketsHttpHandler { UseProxy = false, UseCookies = true };
        using var client = new HttpClient(connections, disposeHandler: false) { BaseAddress = target, Timeout = TimeSpan.FromSeconds(plan.PatienceSec) };
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
                ? await PlaySegmentedAsync(connections, session, outcome, started, stop)
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

    private async Task<SessionOutcome> PlaySegmentedAsync(SocketsHttpHandler connections, JsonElement session, SessionOutcome outcome, long started, CancellationToken stop)
    {
        var created = time.GetElapsedTime(started);
        using var invoker = new HttpMessageInvoker(connections, disposeHandler: false);
        var played = await players.PlayAsync(session.GetProperty("hlsUrl").GetString()!, invoker).WaitAsync(stop);
        if (played.StartUp is not { } startUp) return outcome with { StartupFailed = true, StartupTimedOut = played.LastPhase != PlayerPhase.Failed };
        var isBroken = played.LastPhase == PlayerPhase.Failed;
        return outcome with
        {
            StartupMs = (created + startUp).TotalMilliseconds,
            StallMs = played.StallTime.TotalMilliseconds,
            LongestStallMs = played.Stalls.IsDefaultOrEmpty ? 0 : played.Stalls.Max(static s => s.Duration.TotalMilliseconds),
            PlayedMs = played.Played.TotalMilliseconds,
            HandoffLost = isBroken,
            Interrupted = isBroken,
        };
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
            ahead += s_piece.TotalSeconds;
            played += s_piece.TotalSeconds;
            // One piece ahead, not the whole title at once.
            if (ahead > s_piece.TotalSeconds) await Task.Delay(TimeSpan.FromSeconds(ahead - s_piece.TotalSeconds), time, stop);
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
                : new { @event = "player.startup_timeline", totalToAudibleMs = 0, outcome = outcome.StartupTimedOut ? "startup_timeout" : "playback_error" },
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
}

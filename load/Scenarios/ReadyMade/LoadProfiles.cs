using System.Collections.Immutable;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Load.Pacing;

namespace Gateway.Load.Scenarios.ReadyMade;

/// <summary>
/// Four kinds of use side by side, in fixed shares: full viewing 40 %, heartbeat bursts 25 %, browse and abandon 20 %, inspect 15 %; with a limit of 800 ms for 95 % of
/// what is watched, 500 ms for creating a session, 200 ms for heartbeats, of which nine in ten have to succeed.
/// </summary>
internal static class LoadProfiles
{
    private const string Sessions = "/api/v1/playback/sessions";

    private static readonly ImmutableArray<Threshold> s_limits =
    [
        Threshold.Parse("segment.p95 < 800 ms"), Threshold.Parse("manifest.p95 < 800 ms"), Threshold.Parse("heartbeats.create.p95 < 500 ms"), Threshold.Parse("inspect.create.p95 < 500 ms"),
        Threshold.Parse("heartbeats.heartbeat.success > 90 %"), Threshold.Parse("heartbeats.heartbeat.p95 < 200 ms"),
    ];

    /// <summary>A tenth of the users at first, then up to all of them.</summary>
    public static LoadTest Gentle(ReadyMadeSize size) => Of(size, share =>
        [LoadSimulation.KeepConstant(share / 10, size.Part(0.2)), LoadSimulation.RampingConstant(share, size.Part(0.5)), LoadSimulation.KeepConstant(share, size.Part(0.3))]);

    /// <summary>All of them within a tenth of the time.</summary>
    public static LoadTest Spike(ReadyMadeSize size) => Of(size, share => [LoadSimulation.RampingConstant(share, size.Part(0.1)), LoadSimulation.KeepConstant(share, size.Part(0.9))]);

    private static LoadTest Of(ReadyMadeSize size, Func<int, ImmutableArray<LoadSimulation>> phases)
    {
        return new LoadTest
        {
            Name = "",
            Thresholds = s_limits,
            Scenarios =
            [
                Scenario.Create("viewing", new Audience { Titles = SyntheticCatalog.Films, MeanStaySeconds = 600, ShortestStaySeconds = 60 }).WithLoadSimulations(phases(Share(0.4))),
                Scenario.Create("heartbeats", HeartbeatsAsync).WithLoadSimulations(phases(Share(0.25))),
                Scenario.Create("browsing", new Audience { Titles = SyntheticCatalog.Films, Zipf = 0.4, MeanStaySeconds = 8, ShortestStaySeconds = 3, AbandonShare = 1 }).WithLoadSimulations(phases(Share(0.2))),
                Scenario.Create("inspect", InspectAsync).WithLoadSimulations(phases(Share(0.15))),
            ],
        };

        int Share(double share) => Math.Max(1, (int)Math.Round(size.Players * share));
    }

    /// <summary>A session, then a heartbeat a second by the clock, as a page sends them that plays without asking the gateway for media.</summary>
    private static async Task HeartbeatsAsync(ScenarioContext context)
    {
        if (await CreateAsync(context) is not { } id) return;
        var began = context.Now;
        for (var beat = 0; beat < 15; beat++)
        {
            await context.PauseUntilAsync(began + TimeSpan.FromSeconds(beat + 1));
            var body = new { positionSec = beat, isPlaying = true, bufferedUntilSec = beat + 20 };
            await Step.RunAsync("heartbeat", context, () => SendAsync(context, () => context.Client.PostAsJsonAsync($"{Sessions}/{id}/heartbeat", body, context.Stop)));
        }

        await Step.RunAsync("end", context, () => SendAsync(context, () => context.Client.DeleteAsync($"{Sessions}/{id}", context.Stop)));
    }

    private static async Task InspectAsync(ScenarioContext context)
    {
        if (await CreateAsync(context) is not { } id) return;
        for (var look = 0; look < 5; look++)
        {
            await context.PauseAsync(TimeSpan.FromSeconds(2));
            await Step.RunAsync("look", context, () => SendAsync(context, () => context.Client.GetAsync($"{Sessions}/{id}", context.Stop)));
        }

        await Step.RunAsync("end", context, () => SendAsync(context, () => context.Client.DeleteAsync($"{Sessions}/{id}", context.Stop)));
    }

    private static async Task<string?> CreateAsync(ScenarioContext context)
    {
        string? id = null;
        var film = $"film-{context.Random.Next(0, SyntheticCatalog.Films.Length):00}";
        var made = await Step.RunAsync("create", context, async () =>
        {
            using var answer = await context.Client.PostAsJsonAsync(Sessions, new { mediaId = film }, context.Stop);
            var body = await answer.Content.ReadAsByteArrayAsync(context.Stop);
            if (answer.IsSuccessStatusCode) id = JsonDocument.Parse(body).RootElement.GetProperty("sessionId").GetString();
            return Response.Of(answer.StatusCode, body.Length);
        });
        // Who is refused does not ask again at once.
        if (made.IsError) await context.PauseAsync(TimeSpan.FromSeconds(1));
        return id;
    }

    private static async Task<Response> SendAsync(ScenarioContext context, Func<Task<HttpResponseMessage>> send)
    {
        using var answer = await send();
        var body = await answer.Content.ReadAsByteArrayAsync(context.Stop);
        return Response.Of(answer.StatusCode, body.Length);
    }
}

using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Load.Pacing;
using Gateway.Load.Scenarios;
using Gateway.Load.Scenarios.ReadyMade;

namespace Gateway.Load.Drill;

/// <summary>Applications that open a session every two seconds and end it: who needs the shared store, told apart by whether it is there.</summary>
internal static class SessionLoop
{
    private const string Sessions = "/api/v1/playback/sessions";

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(2);

    /// <summary>In which gateways may find out that the store is back.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(10);

    /// <param name="copies">How many do so at once.</param>
    /// <param name="duration">For how long.</param>
    /// <param name="gone">When the store goes.</param>
    /// <param name="back">When it comes back.</param>
    public static Scenario Of(int copies, TimeSpan duration, TimeSpan gone, TimeSpan back) =>
        Scenario.Create("sessions", context => OnceAsync(context, gone, back)).WithLoadSimulations(LoadSimulation.KeepConstant(copies, duration));

    private static async Task OnceAsync(ScenarioContext context, TimeSpan gone, TimeSpan back)
    {
        string? id = null;
        var film = $"film-{context.Random.Next(0, SyntheticCatalog.Films.Length):00}";
        var name = context.Now < gone - s_pause ? "createBefore" : context.Now < back + s_grace ? "createWhile" : "createAfter";
        await Step.RunAsync(name, context, async () =>
        {
            using var answer = await context.Client.PostAsJsonAsync(Sessions, new { mediaId = film }, context.Stop);
            var body = await answer.Content.ReadAsByteArrayAsync(context.Stop);
            if (answer.IsSuccessStatusCode) id = JsonDocument.Parse(body).RootElement.GetProperty("sessionId").GetString();
            return Response.Of(answer.StatusCode, body.Length);
        });
        await context.PauseAsync(s_pause);
        if (id is null) return;
        await Step.RunAsync("end", context, async () =>
        {
            using var answer = await context.Client.DeleteAsync($"{Sessions}/{id}", context.Stop);
            return Response.Of(answer.StatusCode, 0);
        });
    }
}

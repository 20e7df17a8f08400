using Gateway.Load.Checks;
using Gateway.Load.Players.Titles;

namespace Gateway.Load.Contract;

/// <summary>The URL that a person gives a player.</summary>
internal sealed class PlayChecks(CheckedSystem system, Checklist list, ContractOptions options)
{
    /// <param name="asset">Path of the manifest behind <c>/play/</c>.</param>
    /// <param name="area"><c>hls</c> or <c>dash</c>.</param>
    /// <param name="stop">Stops.</param>
    public async Task RunAsync(string asset, string area, CancellationToken stop)
    {
        // A session of its own by a CMCD sid that nobody else has: it can be ended without ending a viewer's.
        var query = $"?CMCD={Uri.EscapeDataString($"sid=\"{Guid.NewGuid():N}\"")}";
        (string, string)[] fields = [("Origin", options.PageOrigin), .. Credential()];
        CheckedSession? opened = null;
        try
        {
            await list.CheckAsync(area, "/play opens a session and answers the manifest", async () =>
            {
                var answer = await system.GetAsync($"/play/{asset}{query}", stop, fields);
                // Whoever names no user and no sid is told the ticket that ends the session in a field; for all others it is the one in the URLs.
                var ticket = answer["X-Session-Ticket"] is { Length: > 0 } told ? told : ManifestText.Of(answer.Body, null).Ticket;
                if (ticket is not null && answer["X-Session-Id"].Length > 0) opened = new CheckedSession(answer["X-Session-Id"], ticket, default);
                return Expect.All(
                    Expect.Status(answer, 200),
                    Expect.That(answer["X-Session-Id"].Length == 32, "X-Session-Id is missing"),
                    Expect.That(ticket is not null, "the manifest leads into no session"),
                    Expect.Field(answer, "Cache-Control", "no-store"),
                    Expect.Cors(answer, options.PageOrigin));
            });
            await list.CheckAsync(area, "/play asked again finds the same session", async () =>
            {
                var answer = await system.GetAsync($"/play/{asset}{query}", stop, fields);
                return Expect.All(Expect.Status(answer, 200), Expect.That(answer["X-Session-Id"] == opened?.Id, "it is another one"));
            });
        }
        finally
        {
            if (opened is not null && stop.IsCancellationRequested) await opened.EndAsync(system);
        }

        if (opened is null) return;
        await list.CheckAsync(area, "/play's session ends by its ticket", async () => Expect.Status(await system.SendAsync("DELETE", opened.Path, stop, null, opened.Bearer), 204));
    }

    /// <summary>What is not there.</summary>
    public Task MissingAsync(CancellationToken stop) => options.Token is null
        ? list.CheckAsync("play", "a title that is not there is a problem document with a hint", async () =>
            Expect.StartupProblem(await system.GetAsync("/play/no-such-title-of-the-contract-suite/master.m3u8", stop), 404, "STREAMING_ASSET_NOT_FOUND", "manifest"))
        : list.CheckAsync("play", "without a credential it is refused", async () =>
            Expect.StartupProblem(await system.GetAsync($"/play/{options.Title}/master.m3u8", stop), 401, "STREAMING_CREDENTIAL_MISSING", "manifest"));

    private (string, string)[] Credential() => options.Token is { } token ? [("Authorization", $"Bearer {token}")] : [];
}

using System.Text.Json;
using Gateway.Load.Checks;

namespace Gateway.Load.Contract;

/// <summary>The control plane: create, look, heartbeat, report, hand off, end.</summary>
internal sealed class SessionChecks(CheckedSystem system, Checklist list, ContractOptions options)
{
    private const string Missing = "no-such-title-of-the-contract-suite";

    /// <param name="session">Opened by the caller, who ends it.</param>
    /// <param name="stop">Stops.</param>
    public async Task RunAsync(CheckedSession session, CancellationToken stop)
    {
        await list.CheckAsync("session", "a create tells ticket, URLs, expiry, profile and hints", () =>
        {
            string[] wanted = ["sessionId", "ticket", "engine", "hlsUrl", "dashUrl", "expiresAt", "playbackProfile", "engineHints"];
            var missing = wanted.Where(f => !session.Reply.TryGetProperty(f, out _)).ToList();
            return Task.FromResult(Expect.All(
                Expect.That(missing.Count == 0, $"lacks {string.Join(", ", missing)}"),
                Expect.That(session.Engine == "segmented", $"the engine that was named is segmented, the session's {session.Engine}")));
        });
        await list.CheckAsync("session", "its state can be looked at", async () =>
        {
            var answer = await system.GetAsync(session.Path, stop, session.Bearer);
            return Expect.All(Expect.Status(answer, 200), Expect.Field(answer, "Cache-Control", "no-store"), Expect.That(answer.Json().TryGetProperty("sessionId", out _), "sessionId is missing"));
        });
        await list.CheckAsync("session", "a heartbeat tells the expiry", async () =>
        {
            var answer = await system.SendAsync("POST", $"{session.Path}/heartbeat", stop, """{"positionSec":1,"isPlaying":true,"bufferedUntilSec":4}""", session.Bearer);
            return Expect.All(Expect.Status(answer, 200), Expect.That(answer.Status != 200 || answer.Json().TryGetProperty("expiresAt", out _), "expiresAt is missing"));
        });
        await list.CheckAsync("session", "a heartbeat that says nothing is the client's mistake", async () =>
            Expect.Problem(await system.SendAsync("POST", $"{session.Path}/heartbeat", stop, "{}", session.Bearer), 400, "STREAMING_INVALID_REQUEST"));
        await list.CheckAsync("session", "reported events are accepted", async () =>
        {
            // None of them, so that nothing is counted that nobody saw.
            var answer = await system.SendAsync("POST", $"{session.Path}/events", stop, "[]", session.Bearer);
            return Expect.All(Expect.Status(answer, 202), Expect.That(answer.Status != 202 || answer.Json().TryGetProperty("accepted", out _), "accepted is missing"));
        });
        await list.CheckAsync("session", "a handoff opens a successor at the same place", () => HandOffAsync(session, stop));
        await list.CheckAsync("session", "a create without a title is the client's mistake", async () =>
            Expect.StartupProblem(await CreateAsync("{}"), 400, "STREAMING_INVALID_REQUEST", "session_create"));
        await list.CheckAsync("session", "a create for a title that is not there says so", async () =>
        {
            var answer = await CreateAsync(JsonSerializer.Serialize(new { mediaId = Missing, engine = "segmented" }));
            // A token may be for some titles only, and then tells nothing of the others.
            return options.Token is not null && answer.Status == 403
                ? Expect.StartupProblem(answer, 403, "STREAMING_MEDIA_NOT_GRANTED", "session_create")
                : Expect.StartupProblem(answer, 404, "STREAMING_ASSET_NOT_FOUND", "session_create");
        });
        await list.CheckAsync("session", "a session that never was is not found", async () =>
            Expect.Problem(await system.GetAsync($"{CheckedSession.Root}/{new string('0', 31)}1", stop, Credential()), 404, "STREAMING_SESSION_NOT_FOUND"));
        if (options.Token is null) await list.SkipAsync("session", "a create without a credential is refused", "no --token: the system lets everybody in");
        else
        {
            await list.CheckAsync("session", "a create without a credential is refused", async () =>
                Expect.Problem(await system.SendAsync("POST", CheckedSession.Root, stop, JsonSerializer.Serialize(new { mediaId = options.Title, engine = "segmented" })), 401, "STREAMING_CREDENTIAL_MISSING"));
        }

        Task<Answer> CreateAsync(string body) => system.SendAsync("POST", CheckedSession.Root, stop, body, Credential());
    }

    /// <summary>The end; the last of a session's checks.</summary>
    public async Task EndAsync(CheckedSession session, CancellationToken stop)
    {
        await list.CheckAsync("session", "an end is taken", async () => Expect.Status(await system.SendAsync("DELETE", session.Path, stop, null, session.Bearer), 204));
        await list.CheckAsync("session", "an ended session is gone, and its URLs with it", async () => Expect.All(
            Expect.Problem(await system.GetAsync(session.Path, stop, session.Bearer), 410, "STREAMING_SESSION_ENDED"),
            Expect.Problem(await system.GetAsync(session.Url("hlsUrl")!, stop), 410, "STREAMING_SESSION_ENDED")));
    }

    private async Task<string?> HandOffAsync(CheckedSession first, CancellationToken stop)
    {
        var old = await CheckedSession.OpenAsync(system, new { mediaId = options.Title, engine = "segmented" }, options.Token, stop);
        CheckedSession? next = null;
        try
        {
            var answer = await system.SendAsync("POST", $"{old.Path}/handoff", stop, """{"positionSec":7.5,"isPlaying":true}""", old.Bearer);
            if (Expect.Status(answer, 201) is { } wrong) return wrong;
            next = CheckedSession.Of(answer);
            return Expect.All(
                Expect.That(next.Id != old.Id && next.Id != first.Id, "the successor is no new session"),
                Expect.That(next.Reply.GetProperty("previousSessionId").GetString() == old.Id, "previousSessionId is not the old one"),
                Expect.That(Math.Abs(next.Reply.GetProperty("resumeAtSec").GetDouble() - 7.5) < 0.01, "resumeAtSec is not the position told"),
                Expect.That(next.Reply.GetProperty("shouldPlay").GetBoolean(), "shouldPlay is not what was told"),
                Expect.Status(await system.GetAsync(next.Url("hlsUrl")!, stop), 200),
                Expect.Status(await system.GetAsync(old.Url("hlsUrl")!, stop), 200));
        }
        finally
        {
            if (next is not null) await next.EndAsync(system);
            await old.EndAsync(system);
        }
    }

    private (string, string)[] Credential() => options.Token is { } token ? [("Authorization", $"Bearer {token}")] : [];
}

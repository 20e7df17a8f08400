using System.Text.Json;
using Gateway.Load.Checks;
using Gateway.Load.Players;
using Gateway.Load.Waves;

namespace Gateway.Load.Drill;

/// <summary>What a viewer does, by virtual players: start, seek, begin again, go to the next title, listen with another.</summary>
internal sealed class PlaybackDrill(CheckedSystem system, Checklist list, DrillOptions options, WavePlayers players, HttpMessageInvoker invoker)
{
    /// <summary>Bytes of a range: some seconds of a file.</summary>
    private const int RangeBytes = 256 * 1024;

    /// <summary>Where it seeks to; the title has to be longer.</summary>
    private static readonly TimeSpan s_ahead = TimeSpan.FromSeconds(10);

    /// <param name="engine">That new sessions should get.</param>
    /// <param name="title">Of one source class.</param>
    /// <param name="stop">Stops.</param>
    public async Task RunAsync(string engine, DrillTitle title, CancellationToken stop)
    {
        var area = $"{engine}, {title.Label}";
        CheckedSession? session = null;
        try
        {
            await list.CheckAsync(area, $"a new session plays {engine}", async () =>
            {
                session = await OpenAsync(title, null, stop);
                return Expect.That(session.Engine == engine, $"it plays {session.Engine}");
            });
            if (session is null) return;
            await list.CheckAsync(area, "playback starts, seeks ahead and back", () => PlayAsync(session, stop));
            await list.CheckAsync(area, "queue: the next title follows by a handoff", () => NextAsync(session, title, stop));
        }
        finally
        {
            if (session is not null) await session.EndAsync(system);
        }

        await list.CheckAsync(area, "repeat: the title opens and plays again after its end", async () =>
        {
            var again = await OpenAsync(title, null, stop);
            try
            {
                return Expect.All(Expect.That(again.Id != session.Id, "it is the session that has ended"), await PlayAsync(again, stop));
            }
            finally
            {
                await again.EndAsync(system);
            }
        });
    }

    /// <summary>Two members of a group: the second hears where the first is.</summary>
    public Task ShareAsync(string engine, bool groupsSegmented, CancellationToken stop) => list.CheckAsync(engine, "shared listening: a member hears where the leader is", async () =>
    {
        var group = $"drill-{Guid.NewGuid():N}";
        var leader = await OpenAsync(options.Titles[0], group, stop);
        CheckedSession? member = null;
        try
        {
            member = await OpenAsync(options.Titles[0], group, stop);
            var wanted = groupsSegmented ? engine : "direct";
            var beat = await system.SendAsync("POST", $"{leader.Path}/heartbeat", stop, """{"positionSec":5,"isPlaying":true}""", leader.Bearer);
            if (Expect.All(Expect.That(member.Engine == wanted, $"a group's session plays {member.Engine}, not {wanted}"), Expect.Status(beat, 200)) is { } wrong) return wrong;
            var told = JsonSerializer.Deserialize<JsonElement>(await system.ReadLineAsync($"{member.Path}/group", "data:", stop, member.Bearer));
            return Expect.All(
                Expect.That(told.GetProperty("positionSec").GetDouble() >= 5, "the position is not the leader's"),
                Expect.That(told.GetProperty("isPlaying").GetBoolean(), "it does not play"),
                Expect.That(!told.GetProperty("leads").GetBoolean(), "it is told to lead"));
        }
        finally
        {
            if (member is not null) await member.EndAsync(system);
            await leader.EndAsync(system);
        }
    });

    /// <summary>Opens a session without naming an engine, unless one is named.</summary>
    public Task<CheckedSession> OpenAsync(DrillTitle title, string? group, CancellationToken stop, string? engine = null)
    {
        var body = new Dictionary<string, string>(StringComparer.Ordinal) { ["mediaId"] = title.MediaId };
        if (title.Source is not null) body["source"] = title.Source;
        if (group is not null) body["groupId"] = group;
        if (engine is not null) body["engine"] = engine;
        return CheckedSession.OpenAsync(system, body, options.Token, stop);
    }

    /// <summary>Plays a session as its engine has it.</summary>
    public Task<string?> PlayAsync(CheckedSession session, CancellationToken stop) => session.Engine == "segmented" ? PlaySegmentsAsync(session, stop) : PlayFileAsync(session, stop);

    private async Task<string?> PlaySegmentsAsync(CheckedSession session, CancellationToken stop)
    {
        var played = await players.PlayAsync(session.Url("hlsUrl")!, invoker, s_ahead, TimeSpan.Zero).WaitAsync(stop);
        if (played.StartUp is null) return $"no picture came within {options.Patience.TotalSeconds:0} s";
        return Expect.All(
            Expect.That(played.LastPhase != PlayerPhase.Failed, "playback failed on its way"),
            Expect.That(!played.Seeks.IsEmpty && played.Seeks.All(static s => s.Duration is not null), $"of {played.Seeks.Length} seeks not all came to a picture"));
    }

    private async Task<string?> PlayFileAsync(CheckedSession session, CancellationToken stop)
    {
        if (session.Url("directUrl") is not { } file) return "the title is not there as one file";
        var start = await system.GetAsync(file, stop, ("Range", FormattableString.Invariant($"bytes=0-{RangeBytes - 1}")));
        if (Expect.Status(start, 206) is { } wrong) return wrong;
        if (Expect.TotalOf(start) is not { } total) return "Content-Range tells no length";
        // Ahead, and back to the beginning.
        var middle = total / 2;
        var ahead = await system.GetAsync(file, stop, ("Range", FormattableString.Invariant($"bytes={middle}-{Math.Min(middle + RangeBytes, total) - 1}")));
        var back = await system.GetAsync(file, stop, ("Range", "bytes=0-99"));
        return Expect.All(
            Expect.Part(start, 0, Math.Min(RangeBytes, total) - 1),
            Expect.Part(ahead, middle, Math.Min(middle + RangeBytes, total) - 1),
            Expect.Part(back, 0, 99),
            Expect.That(start.Body.AsSpan(0, Math.Min(100, start.Body.Length)).SequenceEqual(back.Body), "the beginning is another one after the seek"));
    }

    private async Task<string?> NextAsync(CheckedSession session, DrillTitle title, CancellationToken stop)
    {
        var next = options.Titles.FirstOrDefault(t => t.Source == title.Source && t != title) ?? title;
        var answer = await system.SendAsync("POST", $"{session.Path}/handoff", stop, JsonSerializer.Serialize(new { positionSec = 0, isPlaying = true, mediaId = next.MediaId }), session.Bearer);
        if (Expect.Status(answer, 201) is { } wrong) return wrong;
        var successor = CheckedSession.Of(answer);
        try
        {
            return Expect.All(Expect.That(successor.Engine == session.Engine, $"it plays {successor.Engine}"), await PlayAsync(successor, stop));
        }
        finally
        {
            await successor.EndAsync(system);
        }
    }
}

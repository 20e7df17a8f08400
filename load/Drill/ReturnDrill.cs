using System.Text.Json;
using Gateway.Load.Checks;
using Gateway.Load.Waves;

namespace Gateway.Load.Drill;

/// <summary>
/// The way back and forth, tried: (1) handoffs are counted as they come by themselves; (2) a session is opened that plays what the switch leaves; (3) the engine is switched, to direct and then to
/// segmented; (4) all that plays is checked; (5) handoffs are counted again; (6) the mode that was found is put back, whatever has happened.
/// </summary>
/// <remarks>
/// It switches the whole system for new sessions: those who play keep what they have. A mode that the configuration fixes cannot be switched, and a reversion in force is not lifted: then only what
/// the system gives now is checked. The change of the mode begins a new comparison of the roll-out.
/// </remarks>
internal sealed class ReturnDrill(DrillOptions options, Checklist list, TimeProvider time)
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(250);

    /// <returns>Whether direct playback was checked, so that a pass says something of the way back.</returns>
    public async Task<bool> RunAsync(CancellationToken stop)
    {
        using var rollout = new RolloutAddress(options.AdminAddress, options.AdminKey);
        using var system = new CheckedSystem(options.Target, options.Patience);
        CheckedSystem[] nodes = [.. options.Nodes.Select(n => new CheckedSystem(n, options.Patience))];
        using var connections = new SocketsHttpHandler { UseCookies = true };
        using var invoker = new HttpMessageInvoker(connections, disposeHandler: false);
        await using var players = new WavePlayers(new WavePlan { Name = "drill", WatchSec = options.Play.TotalSeconds, PatienceSec = options.Patience.TotalSeconds }, options.Target, time);
        var playback = new PlaybackDrill(system, list, options, players, invoker);
        try
        {
            var found = await rollout.ReadAsync(stop);
            var mode = found.GetProperty("mode").GetString()!;
            // 1
            var before = await CountAsync(nodes, stop);
            if (IsFixed(found) is { } why)
            {
                var engine = (await EngineAsync(system, stop)).GetProperty("engine").GetString()!;
                await list.SkipAsync("switch", "the engine is switched", why);
                await CheckAsync(playback, system, nodes, engine, before, stop);
                return engine == "direct";
            }

            try
            {
                foreach (var engine in new[] { "direct", "segmented" }) await TurnAsync(playback, rollout, system, nodes, engine, before, stop);
            }
            finally
            {
                // 6
                await list.CheckAsync("switch", $"the mode is {mode} again, as it was found", () => PutBackAsync(rollout, mode));
            }

            return true;
        }
        finally
        {
            foreach (var node in nodes) node.Dispose();
        }
    }

    /// <summary>Records at the gateway that the way back was tried.</summary>
    public async Task RecordAsync(CancellationToken stop)
    {
        using var rollout = new RolloutAddress(options.AdminAddress, options.AdminKey);
        await rollout.ChangeAsync(new { drillPassed = true, reason = $"load drill return --target {options.Target.Authority}" }, stop);
    }

    private async Task TurnAsync(PlaybackDrill playback, RolloutAddress rollout, CheckedSystem system, CheckedSystem[] nodes, string engine, long before, CancellationToken stop)
    {
        // 2
        CheckedSession? playing = null;
        try
        {
            await list.CheckAsync(engine, "a session plays that the switch leaves alone", async () =>
            {
                playing = await playback.OpenAsync(options.Titles[0], null, stop, engine == "direct" ? "segmented" : "direct");
                return await playback.PlayAsync(playing, stop);
            });
            // 3
            await rollout.ChangeAsync(new { mode = engine, reason = "drill of the way back" }, stop);
            await list.CheckAsync("switch", $"pages are told {engine} within {options.Patience.TotalSeconds:0} s", () => UntilAsync(system, engine, stop));
            if (playing is not null) await list.CheckAsync(engine, "what played before the switch plays on", () => playback.PlayAsync(playing, stop));
            await CheckAsync(playback, system, nodes, engine, before, stop);
        }
        finally
        {
            if (playing is not null) await playing.EndAsync(system);
        }
    }

    private async Task CheckAsync(PlaybackDrill playback, CheckedSystem system, CheckedSystem[] nodes, string engine, long before, CancellationToken stop)
    {
        // 4
        foreach (var title in options.Titles) await playback.RunAsync(engine, title, stop);
        var told = await EngineAsync(system, stop);
        await playback.ShareAsync(engine, told.GetProperty("groupsSegmented").GetBoolean(), stop);
        await list.SkipAsync(engine, "shuffle, repeat all, and the buttons of a page", "the order of titles and the buttons are the page's: only a browser shows them");
        await list.SkipAsync(engine, "sound and picture", "a virtual player decodes nothing: only a browser shows them");
        // 5
        await list.CheckAsync(engine, "no storm of handoffs", async () =>
        {
            var after = await CountAsync(nodes, stop);
            return Expect.That(!HandoffCount.IsStorm(before, after), FormattableString.Invariant($"{after} in {options.Watch.TotalSeconds:0} s, before the switch {before}"));
        });
    }

    /// <summary>Handoffs while nothing of this drill's own asks for one.</summary>
    private async Task<long> CountAsync(CheckedSystem[] nodes, CancellationToken stop)
    {
        var begin = await HandoffCount.ReadAsync(nodes, stop);
        await Task.Delay(options.Watch, time, stop);
        return await HandoffCount.ReadAsync(nodes, stop) - begin;
    }

    private async Task<JsonElement> EngineAsync(CheckedSystem system, CancellationToken stop)
    {
        var answer = await system.GetAsync("/api/v1/playback/engine", stop, options.Token is { } token ? [("Authorization", $"Bearer {token}")] : []);
        return Expect.Status(answer, 200) is { } wrong ? throw new IOException($"GET /api/v1/playback/engine {wrong}.") : answer.Json();
    }

    private async Task<string?> UntilAsync(CheckedSystem system, string engine, CancellationToken stop)
    {
        // Of several gateways behind a balancer one after the other answers: all have to agree.
        var agreed = 0;
        for (var waited = TimeSpan.Zero; waited < options.Patience; waited += s_look)
        {
            agreed = (await EngineAsync(system, stop)).GetProperty("engine").GetString() == engine ? agreed + 1 : 0;
            if (agreed > options.Nodes.Count) return null;
            await Task.Delay(s_look, time, stop);
        }

        return "some are told otherwise";
    }

    private static async Task<string?> PutBackAsync(RolloutAddress rollout, string mode)
    {
        // Also after Ctrl-C: this is not left undone.
        var state = await rollout.ChangeAsync(new { mode, reason = "drill of the way back: over" }, CancellationToken.None);
        return Expect.That(state.GetProperty("mode").GetString() == mode, $"it is {state.GetProperty("mode").GetString()}");
    }

    /// <summary>Why the engine cannot be switched; null when it can.</summary>
    internal static string? IsFixed(JsonElement state)
    {
        if (!state.GetProperty("known").GetBoolean()) return "the gateway does not know the shared state: is its database away?";
        if (state.GetProperty("modeConfigured").GetBoolean()) return "the configuration fixes the mode (Rollout:EngineMode, STREAMING_ENGINE_MODE): restart with the other value, and drill again";
        return state.GetProperty("reverted").GetBoolean() ? "a reversion is in force, which a drill does not lift" : null;
    }
}

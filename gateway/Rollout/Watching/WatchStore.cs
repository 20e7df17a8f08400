using System.Text.Json;
using Gateway.Rollout.Control;
using Gateway.Rollout.Judging;
using Gateway.Rollout.Store;

namespace Gateway.Rollout.Watching;

/// <summary>
/// The counts of all gateways, in PostgreSQL. Each gateway writes its own rows, whole, and never adds to those of another: whatever is written twice counts once. The rows of a gateway that has ended go on counting
/// for their wave.
/// </summary>
internal sealed class WatchStore(RolloutStore store)
{
    private const string WriteCounts = """
        INSERT INTO gateway_rollout_counts (node, wave, counts, made) VALUES (@node, @wave, @counts, now())
        ON CONFLICT (node, wave) DO UPDATE SET counts = excluded.counts, made = excluded.made
        """;

    private const string WriteWindow = """
        INSERT INTO gateway_rollout_windows (node, wave, counts, made) VALUES (@node, @wave, @counts, now())
        ON CONFLICT (node) DO UPDATE SET wave = excluded.wave, counts = excluded.counts, made = excluded.made
        """;

    private const string ReadCounts = "SELECT counts FROM gateway_rollout_counts WHERE wave = @wave";

    /// <summary>A minute that a gateway wrote and then ended has passed after a minute.</summary>
    private const string ReadWindows = "SELECT counts FROM gateway_rollout_windows WHERE wave = @wave AND made > now() - interval '60 seconds'";

    private const string Prune = """
        DELETE FROM gateway_rollout_counts WHERE wave < @wave AND made < now() - interval '7 days';
        DELETE FROM gateway_rollout_windows WHERE made < now() - interval '1 day';
        DELETE FROM gateway_rollout_judged WHERE wave < @wave
        """;

    private const string Claim = "INSERT INTO gateway_rollout_judged (wave, name) SELECT @wave, unnest(@names) ON CONFLICT DO NOTHING RETURNING name";

    /// <summary>Names in one statement.</summary>
    private const int ClaimBatch = 5_000;

    private readonly Guid _node = Guid.NewGuid();
    private int _prunedWave;

    /// <summary>Takes places in a wave's comparison, of which each is given once among all gateways.</summary>
    /// <returns>Those that nobody had before.</returns>
    public async Task<HashSet<ulong>> ClaimAsync(int wave, IReadOnlyList<ulong> names, CancellationToken stopping)
    {
        var taken = new HashSet<ulong>();
        // All gateways take them in the same order: a row that another one is just inserting is waited for, and two that wait for each other are a deadlock.
        foreach (var batch in names.Order().Chunk(ClaimBatch))
        {
            await using var claim = store.Database.CreateCommand(Claim);
            claim.Parameters.AddWithValue("wave", wave);
            claim.Parameters.AddWithValue("names", Array.ConvertAll(batch, static name => unchecked((long)name)));
            await using var reader = await claim.ExecuteReaderAsync(stopping);
            while (await reader.ReadAsync(stopping)) taken.Add(unchecked((ulong)reader.GetInt64(0)));
        }

        return taken;
    }

    /// <summary>Writes this gateway's counts, and sums all.</summary>
    public async Task<(JudgeState Counts, TriggerWindow Window)> ExchangeAsync(JudgeState own, TriggerWindow window, CancellationToken stopping)
    {
        await using (var write = store.Database.CreateCommand(WriteCounts))
        {
            write.Parameters.AddWithValue("node", _node);
            write.Parameters.AddWithValue("wave", own.Wave);
            write.Parameters.AddWithValue("counts", own.Write());
            await write.ExecuteNonQueryAsync(stopping);
        }

        await using (var write = store.Database.CreateCommand(WriteWindow))
        {
            write.Parameters.AddWithValue("node", _node);
            write.Parameters.AddWithValue("wave", own.Wave);
            write.Parameters.AddWithValue("counts", JsonSerializer.Serialize(window, RolloutJson.Default.TriggerWindow));
            await write.ExecuteNonQueryAsync(stopping);
        }

        var counts = await SumCountsAsync(own.Wave, stopping);
        var sum = await SumWindowsAsync(own.Wave, window.IsDeploying, stopping);
        await PruneAsync(own.Wave, stopping);
        return (counts, sum);
    }

    private async Task<JudgeState> SumCountsAsync(int wave, CancellationToken stopping)
    {
        var sum = new JudgeState(wave);
        await using var read = store.Database.CreateCommand(ReadCounts);
        read.Parameters.AddWithValue("wave", wave);
        await using var reader = await read.ExecuteReaderAsync(stopping);
        while (await reader.ReadAsync(stopping))
        {
            // A row of a newer gateway that this one cannot read is that one's to judge.
            if (JudgeState.TryRead((byte[])reader[0], out var counted, out _) && counted.Wave == wave) sum.Merge(counted);
        }

        return sum;
    }

    private async Task<TriggerWindow> SumWindowsAsync(int wave, bool isDeploying, CancellationToken stopping)
    {
        var sum = new TriggerWindow { IsDeploying = isDeploying };
        await using var read = store.Database.CreateCommand(ReadWindows);
        read.Parameters.AddWithValue("wave", wave);
        await using var reader = await read.ExecuteReaderAsync(stopping);
        while (await reader.ReadAsync(stopping))
        {
            if (JsonSerializer.Deserialize(reader.GetString(0), RolloutJson.Default.TriggerWindow) is { } window) sum = sum.Plus(window);
        }

        return sum;
    }

    private async Task PruneAsync(int wave, CancellationToken stopping)
    {
        if (_prunedWave == wave) return;
        await using var prune = store.Database.CreateCommand(Prune);
        prune.Parameters.AddWithValue("wave", wave);
        await prune.ExecuteNonQueryAsync(stopping);
        _prunedWave = wave;
    }
}

using System.Text.Json;
using Gateway.Rollout.Control;
using Npgsql;

namespace Gateway.Rollout.Store;

/// <summary>
/// The roll-out's state that several gateways share, in PostgreSQL: one row, changed only by who has seen its version.
/// </summary>
/// <param name="db">The database of the shared sessions.</param>
/// <param name="prepare">Makes the tables.</param>
/// <param name="patience">Longest wait of an operator.</param>
internal sealed class RolloutStore(NpgsqlDataSource db, Func<CancellationToken, Task> prepare, TimeSpan patience)
{
    private const string Select = "SELECT state FROM gateway_rollout WHERE id = 1";

    private const string Insert = "INSERT INTO gateway_rollout (id, version, state) VALUES (1, @version, @state) ON CONFLICT (id) DO NOTHING";

    private const string Update = "UPDATE gateway_rollout SET version = @version, state = @state WHERE id = 1 AND version = @seen";

    private bool _isPrepared;

    public NpgsqlDataSource Database => db;

    /// <summary>The shared state; the first gateway of all writes its own.</summary>
    /// <returns>Null where a newer gateway wrote what this one cannot read.</returns>
    public async Task<RolloutState?> ReadAsync(RolloutState own, CancellationToken stopping)
    {
        if (!_isPrepared) await prepare(stopping);
        _isPrepared = true;
        await using var select = db.CreateCommand(Select);
        if (await select.ExecuteScalarAsync(stopping) is string text) return Read(text);
        await using (var insert = db.CreateCommand(Insert))
        {
            insert.Parameters.AddWithValue("version", own.Version);
            insert.Parameters.AddWithValue("state", JsonSerializer.Serialize(own, RolloutJson.Default.RolloutState));
            await insert.ExecuteNonQueryAsync(stopping);
        }

        // Another gateway may have been quicker.
        await using var again = db.CreateCommand(Select);
        return await again.ExecuteScalarAsync(stopping) is string written ? Read(written) : null;
    }

    /// <summary>The shared state; null where the database is away.</summary>
    public async ValueTask<RolloutState?> TryReadAsync(RolloutState own, CancellationToken leaving)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(leaving);
        limit.CancelAfter(patience);
        try
        {
            return await ReadAsync(own, limit.Token);
        }
        catch (Exception e) when (IsAway(e, leaving))
        {
            return null;
        }
    }

    /// <summary>Replaces the state that the caller has seen.</summary>
    public async ValueTask<(bool Written, bool IsAway)> TryWriteAsync(long seen, RolloutState next, CancellationToken leaving)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(leaving);
        limit.CancelAfter(patience);
        try
        {
            await using var update = db.CreateCommand(Update);
            update.Parameters.AddWithValue("seen", seen);
            update.Parameters.AddWithValue("version", next.Version);
            update.Parameters.AddWithValue("state", JsonSerializer.Serialize(next, RolloutJson.Default.RolloutState));
            return (await update.ExecuteNonQueryAsync(limit.Token) == 1, false);
        }
        catch (Exception e) when (IsAway(e, leaving))
        {
            return (false, true);
        }
    }

    /// <summary>Whether the database is away, rather than a mistake made here or a caller gone.</summary>
    public static bool IsAway(Exception e, CancellationToken leaving) =>
        e is TimeoutException || (e is OperationCanceledException && !leaving.IsCancellationRequested)
        || (e is NpgsqlException and not PostgresException) || e is PostgresException { IsTransient: true } or PostgresException { SqlState: "57P01" or "57P02" or "57P03" or "42P01" };

    private static RolloutState? Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, RolloutJson.Default.RolloutState);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

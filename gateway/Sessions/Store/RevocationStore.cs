using System.Collections.Concurrent;
using Gateway.Access.Revocation;
using Gateway.Hosting;
using Npgsql;

namespace Gateway.Sessions.Store;

/// <summary>
/// Revocations that several gateways share, in PostgreSQL: a revocation on one holds on all within a <see cref="Turn"/>, and after a restart.
/// </summary>
/// <remarks>
/// A revoking caller waits for the store, and learns when it is unreachable; the revocation holds on this node at once and is written with the first turn that succeeds. One owner, one timer; a
/// turn that fails is tried again. The overlap of reads covers transactions that were open then.
/// </remarks>
internal sealed class RevocationStore(NpgsqlDataSource db, Revocations revocations, SessionsOptions options, TimeProvider time, ILogger<RevocationStore> log) : PeriodicService
{
    internal static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(500);

    private const string Write = """
        INSERT INTO gateway_revocations AS r (kind, name, until, made) VALUES (@kind, @name, @until, now())
        ON CONFLICT (kind, name) DO UPDATE SET until = excluded.until, made = excluded.made
        """;

    private const string Read = """
        SELECT kind, name, until, now() FROM gateway_revocations WHERE made >= @since - interval '15 seconds' ORDER BY made
        """;

    private const string Prune = "DELETE FROM gateway_revocations WHERE until < now() - interval '1 hour' AND made < now() - interval '1 hour'";

    private readonly ConcurrentDictionary<(RevocationKind Kind, string Name), RevocationEntry> _unwritten = new();
    private DateTime _readUntil = DateTime.UnixEpoch.AddDays(1);
    private DateTimeOffset _prunedAt;
    private bool _isPrepared;

    /// <summary>Publishes an operator's revocation.</summary>
    /// <returns>False when the store is unreachable: the revocation holds here, and elsewhere once the store is back.</returns>
    public async ValueTask<bool> TellAsync(RevocationEntry entry, CancellationToken leaving)
    {
        _unwritten[(entry.Kind, entry.Name)] = entry;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(leaving);
        limit.CancelAfter(options.StoreTimeout);
        try
        {
            await WriteAsync(entry, limit.Token);
            return true;
        }
        catch (Exception e) when (SessionStore.IsAway(e, CancellationToken.None))
        {
            return false;
        }
    }

    /// <summary>Tries once before the first request, so that a restart lets nobody revoked in; an unreachable store must not keep the gateway from serving.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await TakeTurnAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override ILogger Logger => log;

    protected override PeriodicTimer StartClock() => new(Turn, time);

    protected override async Task WorkAsync(CancellationToken stopping)
    {
        try
        {
            if (!_isPrepared) await StoreSchema.PrepareAsync(db, stopping);
            _isPrepared = true;
            foreach (var (_, entry) in _unwritten) await WriteAsync(entry, stopping);
            await ReadAsync(stopping);
            await PruneAsync(stopping);
        }
        catch (Exception e) when (SessionStore.IsAway(e, stopping))
        {
            // The session store writer uses the same database and logs the outage.
        }
    }

    private async Task WriteAsync(RevocationEntry entry, CancellationToken stopping)
    {
        await using var write = db.CreateCommand(Write);
        write.Parameters.AddWithValue("kind", (short)entry.Kind);
        write.Parameters.AddWithValue("name", entry.Name);
        write.Parameters.AddWithValue("until", entry.Until.UtcDateTime);
        await write.ExecuteNonQueryAsync(stopping);
        _unwritten.TryRemove(KeyValuePair.Create((entry.Kind, entry.Name), entry));
    }

    private async Task ReadAsync(CancellationToken stopping)
    {
        await using var read = db.CreateCommand(Read);
        read.Parameters.AddWithValue("since", _readUntil);
        await using var reader = await read.ExecuteReaderAsync(stopping);
        while (await reader.ReadAsync(stopping))
        {
            var entry = new RevocationEntry((RevocationKind)reader.GetInt16(0), reader.GetString(1), reader.GetFieldValue<DateTimeOffset>(2));
            // A revocation made here a moment ago is newer than the store's.
            if (!_unwritten.ContainsKey((entry.Kind, entry.Name))) revocations.TrySet(entry);
            _readUntil = reader.GetDateTime(3);
        }
    }

    private async Task PruneAsync(CancellationToken stopping)
    {
        var now = time.GetUtcNow();
        if (now - _prunedAt < options.SweepInterval) return;
        await using var prune = db.CreateCommand(Prune);
        await prune.ExecuteNonQueryAsync(stopping);
        _prunedAt = now;
    }
}

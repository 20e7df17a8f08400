using Gateway.Adaptation.Serving;
using Gateway.Hosting;
using Npgsql;

namespace Gateway.Sessions.Store;

/// <summary>
/// The operator's limit (<see cref="AdaptationCap"/>) that several gateways share, in PostgreSQL: one row. Set on one, it holds on all within a <see cref="Turn"/>, and after a restart. While the database is away each
/// gateway keeps what it last knew.
/// </summary>
/// <remarks>One owner, one timer; a turn that fails is tried again by the next.</remarks>
internal sealed class AdaptationCapStore(NpgsqlDataSource db, AdaptationCap cap, SessionsOptions options, TimeProvider time, ILogger<AdaptationCapStore> log) : PeriodicService
{
    internal static readonly TimeSpan Turn = TimeSpan.FromSeconds(1);

    private const string Write = "INSERT INTO gateway_adaptation (id, cap_kbps) VALUES (1, @kbps) ON CONFLICT (id) DO UPDATE SET cap_kbps = excluded.cap_kbps";

    private const string Read = "SELECT cap_kbps FROM gateway_adaptation WHERE id = 1";

    private bool _isPrepared;
    private int _writes;

    /// <summary>Sets the limit for all gateways.</summary>
    /// <returns>False where the store is away: nothing was changed, because this gateway alone would be overruled by the others' limit.</returns>
    public async ValueTask<bool> TrySetAsync(int kbps, CancellationToken leaving)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(leaving);
        limit.CancelAfter(options.StoreTimeout);
        try
        {
            await using var write = db.CreateCommand(Write);
            write.Parameters.AddWithValue("kbps", kbps);
            await write.ExecuteNonQueryAsync(limit.Token);
            // Before the limit itself, so that a read that began earlier does not put the old one back.
            Interlocked.Increment(ref _writes);
            cap.Kbps = kbps;
            return true;
        }
        catch (Exception e) when (SessionStore.IsAway(e, leaving))
        {
            return false;
        }
    }

    /// <summary>Tries once before the first request, so that a restart forgets no limit; an unreachable store must not keep the gateway from serving.</summary>
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
            var writes = Volatile.Read(ref _writes);
            await using var read = db.CreateCommand(Read);
            if (await read.ExecuteScalarAsync(stopping) is int kbps && writes == Volatile.Read(ref _writes)) cap.Kbps = kbps;
        }
        catch (Exception e) when (SessionStore.IsAway(e, stopping))
        {
            // The session store writer uses the same database and logs the outage.
        }
    }
}

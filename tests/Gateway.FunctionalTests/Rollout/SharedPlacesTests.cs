using Gateway.FunctionalTests.Common;
using Gateway.Rollout.Store;
using Gateway.Rollout.Watching;
using Gateway.Sessions.Store;
using Npgsql;

namespace Gateway.FunctionalTests.Rollout;

/// <summary>Of each viewer a wave counts one session among all gateways: a real PostgreSQL gives each place away once.</summary>
public sealed class SharedPlacesTests
{
    [Fact]
    public async Task Place_ThatOneGatewayHasTaken_IsNotGivenToAnother()
    {
        await using var postgres = await PostgresServer.TryStartAsync();
        Assert.SkipWhen(postgres is null, "PostgreSQL is not installed (Debian: apt-get install postgresql).");
        await using var db = NpgsqlDataSource.Create(postgres!.ConnectionString);
        var stop = TestContext.Current.CancellationToken;
        await StoreSchema.PrepareAsync(db, stop);
        var (a, b) = (NodeOf(db), NodeOf(db));
        // Also those that are negative as PostgreSQL writes them.
        ulong[] names = [.. Enumerable.Range(0, 12_000).Select(i => ulong.MaxValue - (ulong)i)];
        Assert.Equal(12_000, (await a.ClaimAsync(7, names, stop)).Count);
        Assert.Equal([5], await b.ClaimAsync(7, [names[0], 5, names[^1]], stop));
        Assert.Equal([names[0]], await b.ClaimAsync(8, [names[0]], stop));
    }

    /// <summary>Each gateway has its names in the order in which its sessions ended. Whoever took them in that order would hold one for which another waits, and wait for one that it holds.</summary>
    [Fact]
    public async Task Places_ThatTwoGatewaysTakeInOppositeOrders_AreGivenAwayOnce()
    {
        await using var postgres = await PostgresServer.TryStartAsync();
        Assert.SkipWhen(postgres is null, "PostgreSQL is not installed (Debian: apt-get install postgresql).");
        await using var db = NpgsqlDataSource.Create(postgres!.ConnectionString);
        var stop = TestContext.Current.CancellationToken;
        await StoreSchema.PrepareAsync(db, stop);
        await using var connection = await db.OpenConnectionAsync(stop);
        await using var other = await connection.BeginTransactionAsync(stop);
        await TakeAsync(1);
        var claim = NodeOf(db).ClaimAsync(7, [2, 1, 3], stop);
        await Patience.UntilAsync(async () =>
        {
            await using var waiting = db.CreateCommand("SELECT count(*) FROM pg_locks WHERE NOT granted");
            return (long)(await waiting.ExecuteScalarAsync(stop))! > 0;
        });
        await TakeAsync(2);
        await other.CommitAsync(stop);
        Assert.Equal([3], await claim);

        async Task TakeAsync(long name)
        {
            await using var take = new NpgsqlCommand("INSERT INTO gateway_rollout_judged (wave, name) VALUES (7, @name)", connection);
            take.Parameters.AddWithValue("name", name);
            await take.ExecuteNonQueryAsync(stop);
        }
    }

    private static WatchStore NodeOf(NpgsqlDataSource db) => new(new RolloutStore(db, static _ => Task.CompletedTask, TimeSpan.FromSeconds(10)));
}

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
        var (a, b) = (Node(), Node());
        // Also those that are negative as PostgreSQL writes them.
        ulong[] names = [.. Enumerable.Range(0, 12_000).Select(i => ulong.MaxValue - (ulong)i)];
        Assert.Equal(12_000, (await a.ClaimAsync(7, names, stop)).Count);
        Assert.Equal([5], await b.ClaimAsync(7, [names[0], 5, names[^1]], stop));
        Assert.Equal([names[0]], await b.ClaimAsync(8, [names[0]], stop));

        WatchStore Node() => new(new RolloutStore(db, static _ => Task.CompletedTask, TimeSpan.FromSeconds(10)));
    }
}

using Gateway.Access;
using Gateway.Access.Tickets;
using Gateway.FunctionalTests.Common;
using Gateway.Media;
using Gateway.Sessions;
using Gateway.Sessions.Limits;
using Gateway.Sessions.Quality;
using Gateway.Sessions.Registry;
using Gateway.Sessions.Store;
using Npgsql;

namespace Gateway.FunctionalTests;

/// <summary>The session store against a real PostgreSQL, for cases that two gateway processes would not show.</summary>
public sealed class SessionStoreTests : IAsyncLifetime
{
    private readonly SessionsOptions _options = new() { StoreTimeout = TimeSpan.FromMinutes(1) };
    private readonly TicketSigner _signer = new(TicketKeyRing.ForThisProcess(), TimeProvider.System);
    private readonly UserStreams _streams;
    private PostgresServer? _postgres;
    private SessionStore? _store;

    public SessionStoreTests() => _streams = new UserStreams(_options, TimeProvider.System) { IsShared = true };

    public async ValueTask InitializeAsync()
    {
        _postgres = await PostgresServer.TryStartAsync();
        Assert.SkipWhen(_postgres is null, "PostgreSQL is not installed (Debian: apt-get install postgresql).");
        _store = new SessionStore(NpgsqlDataSource.Create(_postgres.ConnectionString), _signer, _options, TimeProvider.System);
        await _store.PrepareAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_store is not null) await _store.DisposeAsync();
        if (_postgres is not null) await _postgres.DisposeAsync();
    }

    [Fact]
    public async Task Write_ARowThatTheStoreRefuses_KeepsNoOtherOut()
    {
        var good = Enumerable.Range(0, 5).Select(i => Draft(new SessionParameters { MediaId = $"m{i}" })).ToList();
        // PostgreSQL knows no such character.
        var bad = Draft(new SessionParameters { MediaId = "a\0b" });
        Assert.Equal(1, await _store!.WriteAsync([.. good.Take(3), bad, .. good.Skip(3)], _streams, TestContext.Current.CancellationToken));
        foreach (var session in good) Assert.Equal(session.Parameters.MediaId, (await FindAsync(session))!.Parameters.MediaId);
        Assert.Null(await FindAsync(bad));

        // Its end concerns nobody else, and does not stand in the way of other ends.
        await _store.EndAsync(bad, SessionEnding.Client, TestContext.Current.CancellationToken);
        await _store.EndAsync(good[0], SessionEnding.Client, TestContext.Current.CancellationToken);
        Assert.True((await FindAsync(good[0]))!.Ended);
    }

    /// <summary>Behind a balancer that sends a viewer's requests to several nodes, these write the same sessions. Whoever wrote in an order of its own would hold a row for which another waits, and wait for one that it holds.</summary>
    [Fact]
    public async Task Write_SessionsThatAnotherNodeIsWriting_WaitsForThem()
    {
        var stop = TestContext.Current.CancellationToken;
        SessionState[] both = [.. new[] { Draft(new SessionParameters()), Draft(new SessionParameters()) }.OrderByDescending(s => s.Id)];
        await _store!.WriteAsync(both, _streams, stop);
        await using var db = NpgsqlDataSource.Create(_postgres!.ConnectionString);
        await using var connection = await db.OpenConnectionAsync(stop);
        await using var other = await connection.BeginTransactionAsync(stop);
        await TouchAsync(both[1].Id);
        var writing = _store.WriteAsync(both, _streams, stop);
        await Patience.UntilAsync(async () =>
        {
            await using var waiting = db.CreateCommand("SELECT count(*) FROM pg_locks WHERE NOT granted");
            return (long)(await waiting.ExecuteScalarAsync(stop))! > 0;
        });
        await TouchAsync(both[0].Id);
        await other.CommitAsync(stop);
        Assert.Equal(0, await writing);

        async Task TouchAsync(Guid id)
        {
            await using var touch = new NpgsqlCommand("UPDATE gateway_sessions SET seen = now() WHERE id = @id", connection);
            touch.Parameters.AddWithValue("id", id);
            await touch.ExecuteNonQueryAsync(stop);
        }
    }

    [Fact]
    public async Task Sweep_SessionsOfANodeWithAWrongClock_AreNotIdle()
    {
        var session = Draft(new SessionParameters());
        // Its clock is two hours late; it has just heard of its viewer.
        var late = new HostClock(TimeSpan.FromHours(-2));
        var store = new SessionStore(NpgsqlDataSource.Create(_postgres!.ConnectionString), _signer, _options, late);
        await using (store)
        {
            session.Touch(late.GetUtcNow());
            await store.WriteAsync([session], _streams, TestContext.Current.CancellationToken);
            await store.SweepAsync(TestContext.Current.CancellationToken);
        }

        Assert.False((await FindAsync(session))!.Ended);
    }

    [Fact]
    public async Task Enter_NextOnTheSameDevice_LeavesTheOtherPlacesFree()
    {
        var parameters = new SessionParameters { MaxStreams = 2, DeviceId = "tv" };
        Assert.Equal(OpenVerdict.Opened, await EnterAsync(Draft(parameters)));
        Assert.Equal(OpenVerdict.Opened, await EnterAsync(Draft(parameters)));
        Assert.Equal(OpenVerdict.Opened, await EnterAsync(Draft(parameters with { DeviceId = "phone" })));
        Assert.Equal(OpenVerdict.TooManyStreams, await EnterAsync(Draft(parameters with { DeviceId = "tablet" })));
    }

    /// <summary>Which of two sessions of a device came later decides who plays; a transaction that had to wait for its turn must not date its session back.</summary>
    [Fact]
    public async Task Enter_ThatWaitsForItsTurn_IsLaterThanTheOneBefore()
    {
        var stop = TestContext.Current.CancellationToken;
        var parameters = new SessionParameters { MaxStreams = 1, DeviceId = "tv" };
        var first = Draft(parameters);
        Assert.Equal(OpenVerdict.Opened, await EnterAsync(first));
        await using var db = NpgsqlDataSource.Create(_postgres!.ConnectionString);
        await using var connection = await db.OpenConnectionAsync(stop);
        await using var turn = await connection.BeginTransactionAsync(stop);
        await using var take = new NpgsqlCommand(StoreStatements.Lock, connection);
        take.Parameters.AddWithValue("usr", first.User);
        await take.ExecuteNonQueryAsync(stop);
        var next = Draft(parameters);
        var entering = EnterAsync(next);
        // Until it has waited for longer than the first is old.
        await Patience.UntilAsync(async () => (bool)(await AskAsync($"""
            SELECT coalesce(bool_or(a.xact_start - (clock_timestamp() - a.xact_start) < s.opened), false)
            FROM pg_locks l JOIN pg_stat_activity a USING (pid), gateway_sessions s WHERE NOT l.granted AND s.id = '{first.Id}'
            """))!);
        await turn.CommitAsync(stop);
        Assert.Equal(OpenVerdict.Opened, await entering);
        Assert.Equal(next.Id, await AskAsync("SELECT id FROM gateway_sessions ORDER BY opened DESC LIMIT 1"));

        async Task<object?> AskAsync(string statement)
        {
            await using var ask = db.CreateCommand(statement);
            return await ask.ExecuteScalarAsync(stop);
        }
    }

    private async Task<OpenVerdict> EnterAsync(SessionState session) => (await _store!.EnterAsync(session, _streams, TestContext.Current.CancellationToken)).Verdict;

    private async Task<SessionRow?> FindAsync(SessionState session)
    {
        var (row, isAway) = await _store!.FindAsync(session.Id, TestContext.Current.CancellationToken);
        Assert.False(isAway);
        return row;
    }

    private SessionState Draft(SessionParameters parameters, string user = "u")
    {
        var id = Guid.NewGuid();
        var now = TimeProvider.System.GetUtcNow();
        var ticket = new TicketIssuer(new AccessOptions(), TimeProvider.System).Open(id, user, "origin", "/t/master.m3u8");
        var playhead = new Playhead(_options.MinBeforePlay, _options.MinSegmentsBeforePlay);
        return new SessionState(id, user, new MediaAddress("origin", "/t/master.m3u8", ""), new TicketPaths(_signer, ticket), now, parameters, playhead);
    }

    /// <summary>A clock that is off by so much.</summary>
    private sealed class HostClock(TimeSpan off) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + off;
    }
}

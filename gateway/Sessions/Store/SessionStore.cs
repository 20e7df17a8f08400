using System.Collections.Concurrent;
using Gateway.Access.Tickets;
using Gateway.Sessions.Limits;
using Gateway.Sessions.Registry;
using Npgsql;

namespace Gateway.Sessions.Store;

/// <summary>
/// The sessions that several gateways share, in PostgreSQL: which are open, how many streams a user has, and which have ended. Only a request that opens, looks up or ends a
/// session waits for it, and not longer than <see cref="SessionsOptions.StoreTimeout"/>; activity is written behind by <see cref="SessionStoreWriter"/>.
/// </summary>
/// <remarks>
/// While it is unreachable, opening answers "store unavailable", and an end is kept in <see cref="_unwritten"/> until it can be written: it holds on this node at once,
/// on the others when the store is back. Thread-safe.
/// </remarks>
internal sealed partial class SessionStore : IAsyncDisposable
{
    private readonly NpgsqlDataSource _db;
    private readonly TicketSigner _signer;
    private readonly SessionsOptions _options;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<Guid, (SessionState Session, SessionEnding Ending)> _unwritten = new();

    public SessionStore(NpgsqlDataSource db, TicketSigner signer, SessionsOptions options, TimeProvider time)
    {
        _db = db;
        _signer = signer;
        _options = options;
        _time = time;
    }

    /// <summary>This process, among those that share the store.</summary>
    public Guid Node { get; } = Guid.NewGuid();

    /// <inheritdoc cref="StoreSchema.PrepareAsync"/>
    public Task PrepareAsync(CancellationToken stopping) => StoreSchema.PrepareAsync(_db, stopping);

    /// <summary>Looks a session up.</summary>
    public async ValueTask<(SessionRow? Row, bool IsAway)> FindAsync(Guid id, CancellationToken leaving)
    {
        using var limit = new WaitLimit(_options.StoreTimeout, leaving);
        try
        {
            await using var find = _db.CreateCommand(StoreStatements.Find);
            find.Parameters.AddWithValue("id", id);
            await using var reader = await find.ExecuteReaderAsync(limit.Token);
            return (await reader.ReadAsync(limit.Token) ? SessionRow.Read(reader, _signer) : null, false);
        }
        catch (Exception e) when (IsAway(e, leaving))
        {
            return (null, true);
        }
    }

    /// <summary>Ends a session on all nodes; at once, or when the store is back.</summary>
    public async ValueTask EndAsync(SessionState session, SessionEnding ending, CancellationToken leaving)
    {
        _unwritten[session.Id] = (session, ending);
        using var limit = new WaitLimit(_options.StoreTimeout, leaving);
        try
        {
            await WriteEndingAsync(session, ending, limit.Token);
        }
        catch (Exception e) when (IsAway(e, CancellationToken.None))
        {
            // The writer writes it with its next turn.
        }
    }

    /// <summary>Ends all sessions of a user, on all nodes, within a turn of their writers.</summary>
    /// <returns>False when the store is unreachable: nothing was ended.</returns>
    public async ValueTask<bool> EndUserAsync(string user, SessionEnding ending, CancellationToken leaving)
    {
        using var limit = new WaitLimit(_options.StoreTimeout, leaving);
        try
        {
            await using var end = _db.CreateCommand(StoreStatements.EndUser);
            end.Parameters.AddWithValue("usr", user);
            end.Parameters.AddWithValue("ending", (short)ending);
            end.Parameters.AddWithValue("idle", (short)SessionEnding.Idle);
            await end.ExecuteNonQueryAsync(limit.Token);
            return true;
        }
        catch (Exception e) when (IsAway(e, leaving))
        {
            return false;
        }
    }

    /// <summary>Writes the sessions' activity, and learns which sessions this node counts and which still hold their place among their user's streams.</summary>
    /// <returns>How many rows the store refused for what is in them; the others are written all the same.</returns>
    public async Task<int> WriteAsync(IReadOnlyList<SessionState> sessions, UserStreams streams, CancellationToken stopping)
    {
        try
        {
            await WriteBatchAsync(sessions, streams, stopping);
            return 0;
        }
        catch (Exception e) when (IsAboutARow(e))
        {
            if (sessions.Count == 1) return 1;
        }

        // A batch is one transaction: one bad row must not keep the others from the store, now or at the next turn.
        var refused = 0;
        foreach (var session in sessions) refused += await WriteAsync([session], streams, stopping);
        return refused;
    }

    /// <summary>Writes the ends that the store does not have yet; those of expired tickets are dropped.</summary>
    public async Task WriteEndingsAsync(CancellationToken stopping)
    {
        foreach (var (id, (session, ending)) in _unwritten)
        {
            if (session.Paths.Ticket.HardExpiry > _time.GetUtcNow()) await WriteEndingAsync(session, ending, stopping);
            else _unwritten.TryRemove(id, out _);
        }
    }

    /// <summary>What ended on any node since a moment of the database's clock; null asks for everything that is still of interest.</summary>
    /// <returns>The moment from which to ask the next time.</returns>
    public async Task<DateTime> ReadEndingsAsync(DateTime? since, Action<Guid, DateTimeOffset, SessionEnding> ended, CancellationToken stopping)
    {
        await using var ask = _db.CreateCommand(StoreStatements.Endings);
        ask.Parameters.AddWithValue("since", since ?? DateTime.UnixEpoch.AddDays(1));
        await using var reader = await ask.ExecuteReaderAsync(stopping);
        var now = DateTime.UnixEpoch;
        while (await reader.ReadAsync(stopping))
        {
            now = reader.GetDateTime(3);
            if (!reader.IsDBNull(0)) ended(reader.GetGuid(0), reader.GetFieldValue<DateTimeOffset>(1), (SessionEnding)reader.GetInt16(2));
        }

        return now;
    }

    /// <summary>Ends what is idle on all nodes, and forgets what is long over.</summary>
    public async Task SweepAsync(CancellationToken stopping)
    {
        await using var idle = _db.CreateCommand(StoreStatements.EndIdle);
        idle.Parameters.AddWithValue("timeout", _options.IdleTimeout);
        idle.Parameters.AddWithValue("idle", (short)SessionEnding.Idle);
        await idle.ExecuteNonQueryAsync(stopping);
        await using var prune = _db.CreateCommand(StoreStatements.Prune);
        await prune.ExecuteNonQueryAsync(stopping);
    }

    public ValueTask DisposeAsync() => _db.DisposeAsync();

    /// <summary>Whether a failure is the store's and not the caller's leaving.</summary>
    internal static bool IsAway(Exception e, CancellationToken leaving) =>
        !leaving.IsCancellationRequested && e is NpgsqlException or TimeoutException or OperationCanceledException or System.Net.Sockets.SocketException or IOException;

    /// <summary>Data exceptions, broken constraints and what cannot be encoded: the row's own fault, and the same at every try.</summary>
    private static bool IsAboutARow(Exception e) => e is PostgresException refusal
        ? refusal.SqlState.StartsWith("22", StringComparison.Ordinal) || refusal.SqlState.StartsWith("23", StringComparison.Ordinal)
        : e is ArgumentException or InvalidCastException or OverflowException or FormatException;

    private async Task WriteBatchAsync(IReadOnlyList<SessionState> unordered, UserStreams streams, CancellationToken stopping)
    {
        // All nodes write in the same order: a row that another one is writing is waited for, and two that wait for each other are a deadlock.
        SessionState[] sessions = [.. unordered.OrderBy(static session => session.Id)];
        await using var connection = await _db.OpenConnectionAsync(stopping);
        await using var batch = new NpgsqlBatch(connection);
        var now = _time.GetUtcNow();
        var places = new TimeSpan?[sessions.Length];
        for (var i = 0; i < sessions.Length; i++)
        {
            places[i] = sessions[i].Parameters.MaxStreams > 0 ? streams.WantedFor(sessions[i]) : null;
            var command = new NpgsqlBatchCommand(StoreStatements.Write);
            StoreStatements.AddSession(command.Parameters, sessions[i], Node, now, places[i]);
            batch.BatchCommands.Add(command);
        }

        await using var reader = await batch.ExecuteReaderAsync(stopping);
        for (var i = 0; i < sessions.Length; i++)
        {
            if (await reader.ReadAsync(stopping))
            {
                sessions[i].Own(reader.GetGuid(0) == Node);
                // A session without a place when the batch was made may have got one meanwhile, which the batch cannot tell.
                if (places[i] is not null) Learn(sessions[i], reader.IsDBNull(1) ? null : reader.GetTimeSpan(1));
            }

            await reader.NextResultAsync(stopping);
        }

        void Learn(SessionState session, TimeSpan? held)
        {
            if (held is { } more) streams.Confirm(session, now + more);
            else streams.Drop(session);
        }
    }

    private async Task WriteEndingAsync(SessionState session, SessionEnding ending, CancellationToken stopping)
    {
        await using var connection = await _db.OpenConnectionAsync(stopping);
        await using var batch = new NpgsqlBatch(connection);
        // The session itself first: it may have been opened while the store was unreachable.
        var write = new NpgsqlBatchCommand(StoreStatements.Write);
        StoreStatements.AddSession(write.Parameters, session, Node, _time.GetUtcNow());
        batch.BatchCommands.Add(write);
        var end = new NpgsqlBatchCommand(StoreStatements.End);
        end.Parameters.AddWithValue("id", session.Id);
        end.Parameters.AddWithValue("ending", (short)ending);
        end.Parameters.AddWithValue("idle", (short)SessionEnding.Idle);
        batch.BatchCommands.Add(end);
        try
        {
            await batch.ExecuteNonQueryAsync(stopping);
        }
        catch (Exception e) when (IsAboutARow(e))
        {
            // The store never took the session in, and so no other node knows it.
        }

        _unwritten.TryRemove(session.Id, out _);
    }

    /// <summary>Ends a wait for the store after a time, or when the caller leaves.</summary>
    private sealed class WaitLimit : IDisposable
    {
        private readonly CancellationTokenSource _source;

        public WaitLimit(TimeSpan limit, CancellationToken leaving)
        {
            _source = CancellationTokenSource.CreateLinkedTokenSource(leaving);
            _source.CancelAfter(limit);
        }

        public CancellationToken Token => _source.Token;

        public void Dispose() => _source.Dispose();
    }
}

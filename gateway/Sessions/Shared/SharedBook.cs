using System.Collections.Concurrent;
using Gateway.Access.Tickets;
using Gateway.Origin;
using Npgsql;
using NpgsqlTypes;

namespace Gateway.Sessions.Shared;

/// <summary>
/// The guest book that several gateways share, in PostgreSQL: who watches, how many streams a user has, and what has ended. Only what opens, looks up or ends a
/// session waits for it, and not longer than <see cref="SessionsOptions.StoreTimeout"/>; signs of life are written behind by <see cref="SharedBookKeeper"/>.
/// </summary>
/// <remarks>
/// When it is away, opening answers "store unavailable", and an end is remembered in <see cref="_unwritten"/> until it can be written: it holds on this node at once,
/// on the others when the book is back. Thread-safe.
/// </remarks>
internal sealed class SharedBook : IAsyncDisposable
{
    private readonly NpgsqlDataSource _db;
    private readonly TicketSigner _signer;
    private readonly SessionsOptions _options;
    private readonly ConcurrentDictionary<Guid, (SessionState Session, SessionEnding Ending)> _unwritten = new();

    public SharedBook(NpgsqlDataSource db, TicketSigner signer, SessionsOptions options)
    {
        _db = db;
        _signer = signer;
        _options = options;
    }

    /// <summary>This process, among those that share the book.</summary>
    public Guid Node { get; } = Guid.NewGuid();

    /// <summary>Makes the tables or brings them up to date.</summary>
    public async Task PrepareAsync(CancellationToken stopping)
    {
        await using var connection = await _db.OpenConnectionAsync(stopping);
        await using var turn = await connection.BeginTransactionAsync(stopping);
        await ExecuteAsync(connection, $"SELECT pg_advisory_xact_lock({SharedSchema.MigrationLock})", stopping);
        await ExecuteAsync(connection, SharedSchema.VersionTable, stopping);
        await using var ask = new NpgsqlCommand("SELECT coalesce(max(version), 0) FROM gateway_schema", connection);
        var version = (int)(await ask.ExecuteScalarAsync(stopping))!;
        for (; version < SharedSchema.Versions.Length; version++)
        {
            await ExecuteAsync(connection, SharedSchema.Versions[version], stopping);
            await ExecuteAsync(connection, $"INSERT INTO gateway_schema VALUES ({version + 1})", stopping);
        }

        await turn.CommitAsync(stopping);
    }

    /// <summary>Enters a new session, if its user may have one more stream.</summary>
    public async ValueTask<OpenVerdict> EnterAsync(SessionState session, CancellationToken leaving)
    {
        using var limit = new WaitLimit(_options.StoreTimeout, leaving);
        try
        {
            await using var connection = await _db.OpenConnectionAsync(limit.Token);
            await using var turn = await connection.BeginTransactionAsync(limit.Token);
            if (session.Order.MaxStreams > 0 && await StreamsAsync(connection, session, limit.Token) >= session.Order.MaxStreams) return OpenVerdict.TooManyStreams;
            await using var write = new NpgsqlCommand(SharedStatements.Write, connection);
            SharedStatements.AddSession(write.Parameters, session, Node);
            await write.ExecuteNonQueryAsync(limit.Token);
            await turn.CommitAsync(limit.Token);
            return OpenVerdict.Opened;
        }
        catch (Exception e) when (IsAway(e, leaving))
        {
            return OpenVerdict.StoreUnavailable;
        }
    }

    /// <summary>Looks a session up.</summary>
    public async ValueTask<(SharedRow? Row, bool IsAway)> FindAsync(Guid id, CancellationToken leaving)
    {
        using var limit = new WaitLimit(_options.StoreTimeout, leaving);
        try
        {
            await using var find = _db.CreateCommand(SharedStatements.Find);
            find.Parameters.AddWithValue("id", id);
            await using var reader = await find.ExecuteReaderAsync(limit.Token);
            return (await reader.ReadAsync(limit.Token) ? Read(reader) : null, false);
        }
        catch (Exception e) when (IsAway(e, leaving))
        {
            return (null, true);
        }
    }

    /// <summary>Ends a session on all nodes; at once, or when the book is back.</summary>
    public async ValueTask EndAsync(SessionState session, SessionEnding ending, CancellationToken leaving)
    {
        _unwritten[session.Id] = (session, ending);
        using var limit = new WaitLimit(_options.StoreTimeout, leaving);
        try
        {
            await WriteEndingsAsync(limit.Token);
        }
        catch (Exception e) when (IsAway(e, CancellationToken.None))
        {
            // The keeper writes it with its next turn.
        }
    }

    /// <summary>Writes signs of life, and learns which of the sessions this node counts.</summary>
    public async Task WriteAsync(IReadOnlyList<SessionState> sessions, CancellationToken stopping)
    {
        await using var connection = await _db.OpenConnectionAsync(stopping);
        await using var batch = new NpgsqlBatch(connection);
        foreach (var session in sessions)
        {
            var command = new NpgsqlBatchCommand(SharedStatements.Write);
            SharedStatements.AddSession(command.Parameters, session, Node);
            batch.BatchCommands.Add(command);
        }

        await using var reader = await batch.ExecuteReaderAsync(stopping);
        foreach (var session in sessions)
        {
            if (await reader.ReadAsync(stopping)) session.Own(reader.GetGuid(0) == Node);
            await reader.NextResultAsync(stopping);
        }
    }

    /// <summary>Writes the endings that the book has not heard of.</summary>
    public async Task WriteEndingsAsync(CancellationToken stopping)
    {
        foreach (var (id, (session, ending)) in _unwritten)
        {
            await using var connection = await _db.OpenConnectionAsync(stopping);
            await using var batch = new NpgsqlBatch(connection);
            // The session itself first: it may have been opened while the book was away.
            var write = new NpgsqlBatchCommand(SharedStatements.Write);
            SharedStatements.AddSession(write.Parameters, session, Node);
            batch.BatchCommands.Add(write);
            var end = new NpgsqlBatchCommand(SharedStatements.End);
            end.Parameters.AddWithValue("id", id);
            end.Parameters.AddWithValue("ending", (short)ending);
            end.Parameters.AddWithValue("idle", (short)SessionEnding.Idle);
            batch.BatchCommands.Add(end);
            await batch.ExecuteNonQueryAsync(stopping);
            _unwritten.TryRemove(id, out _);
        }
    }

    /// <summary>What ended on any node since a moment of the book's clock; null asks for everything that is still of interest.</summary>
    /// <returns>The moment from which to ask the next time.</returns>
    public async Task<DateTime> ReadEndingsAsync(DateTime? since, Action<Guid, DateTimeOffset, SessionEnding> ended, CancellationToken stopping)
    {
        await using var ask = _db.CreateCommand(SharedStatements.Endings);
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
        await using var idle = _db.CreateCommand(SharedStatements.EndIdle);
        idle.Parameters.AddWithValue("timeout", _options.IdleTimeout);
        idle.Parameters.AddWithValue("idle", (short)SessionEnding.Idle);
        await idle.ExecuteNonQueryAsync(stopping);
        await using var prune = _db.CreateCommand(SharedStatements.Prune);
        await prune.ExecuteNonQueryAsync(stopping);
    }

    public ValueTask DisposeAsync() => _db.DisposeAsync();

    /// <summary>Whether a failure is the book's and not the caller's leaving.</summary>
    internal static bool IsAway(Exception e, CancellationToken leaving) =>
        !leaving.IsCancellationRequested && e is NpgsqlException or TimeoutException or OperationCanceledException or System.Net.Sockets.SocketException or IOException;

    private async Task<long> StreamsAsync(NpgsqlConnection connection, SessionState session, CancellationToken leaving)
    {
        await using var turn = new NpgsqlCommand(SharedStatements.Lock, connection);
        turn.Parameters.AddWithValue("usr", session.User);
        await turn.ExecuteNonQueryAsync(leaving);
        await using var count = new NpgsqlCommand(SharedStatements.CountStreams, connection);
        count.Parameters.AddWithValue("usr", session.User);
        count.Parameters.AddWithValue("timeout", _options.StreamTimeout);
        SharedStatements.AddOptional(count.Parameters, "previous", NpgsqlDbType.Uuid, session.Order.Previous);
        SharedStatements.AddOptional(count.Parameters, "device", NpgsqlDbType.Text, session.Order.DeviceId);
        return (long)(await count.ExecuteScalarAsync(leaving))!;
    }

    private SharedRow? Read(NpgsqlDataReader reader)
    {
        // A ticket of a key that has left the ring opens nothing any more, and neither does its session.
        _signer.Verify(reader.GetString(0), out var ticket);
        if (ticket is null) return null;
        return new SharedRow
        {
            Ticket = ticket,
            Entry = new MediaAddress(reader.GetString(1), reader.GetString(2), string.Empty),
            Order = new SessionOrder
            {
                MediaId = reader.GetString(3),
                Engine = (PlaybackEngine)reader.GetInt16(4),
                Quality = (PlaybackQuality)reader.GetInt16(5),
                GroupId = reader.IsDBNull(6) ? null : reader.GetString(6),
                DeviceId = reader.IsDBNull(7) ? null : reader.GetString(7),
                Previous = reader.IsDBNull(8) ? null : reader.GetGuid(8),
                MaxStreams = reader.GetInt32(9),
                MaxKbps = reader.GetInt32(10),
                LadderKbps = ticket.MaxKbps,
                Prewarmed = reader.GetBoolean(11),
            },
            PositionSec = reader.GetDouble(12),
            PositionAt = reader.GetFieldValue<DateTimeOffset>(16),
            IsPlaying = reader.GetBoolean(13),
            Ended = reader.GetBoolean(14),
            Ending = reader.IsDBNull(15) ? default : (SessionEnding)reader.GetInt16(15),
        };
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken stopping)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(stopping);
    }

    /// <summary>Ends a wait for the book after a time, or when the caller leaves.</summary>
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

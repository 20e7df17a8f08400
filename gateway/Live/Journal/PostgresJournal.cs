using Gateway.Live.Timeline;
using Gateway.Sessions.Store;
using Npgsql;
using NpgsqlTypes;

namespace Gateway.Live.Journal;

/// <summary>
/// Journals in the database that the gateways share. A record's number is given under a lock on its session's row, so the order is the same for all, and a record is visible when every one before it is.
/// </summary>
/// <remarks>Commits are synchronous: what was appended is on the database's disk.</remarks>
internal sealed class PostgresJournal(NpgsqlDataSource db) : ILiveJournal, IDisposable
{
    private const string Create = "INSERT INTO gateway_live_sessions (id, header) VALUES (@id, @header)";
    private const string Find = "SELECT header FROM gateway_live_sessions WHERE id = @id";
    private const string Read = "SELECT record FROM gateway_live_records WHERE session = @id AND number > @after ORDER BY number";
    private const string Lock = "UPDATE gateway_live_sessions SET records = records + 1 WHERE id = @id RETURNING records";
    private const string Append = "INSERT INTO gateway_live_records (session, number, record) VALUES (@id, @number, @record)";
    private const string List = "SELECT id, closed FROM gateway_live_sessions";
    private const string Close = "UPDATE gateway_live_sessions SET closed = @at WHERE id = @id AND closed IS NULL";
    private const string Delete = "DELETE FROM gateway_live_sessions WHERE id = @id";

    private const string Claim = """
        INSERT INTO gateway_live_claims AS c (session, chunk, node, until) VALUES (@id, @chunk, @node, now() + @lease)
        ON CONFLICT (session, chunk) DO UPDATE SET node = excluded.node, until = excluded.until WHERE c.node = excluded.node OR c.until < now()
        """;

    private readonly Guid _node = Guid.NewGuid();
    private readonly SemaphoreSlim _preparing = new(1, 1);
    private volatile bool _isPrepared;

    public bool IsShared => true;

    public Task CreateAsync(LiveSessionHeader header, CancellationToken stopping) => AskAsync(async () =>
    {
        await using var create = db.CreateCommand(Create);
        create.Parameters.AddWithValue("id", header.Id);
        create.Parameters.AddWithValue("header", NpgsqlDbType.Bytea, RecordJson.Write(header));
        return await create.ExecuteNonQueryAsync(stopping);
    }, stopping);

    public Task<LiveSessionHeader?> FindAsync(string session, CancellationToken stopping) => AskAsync(async () =>
    {
        await using var find = db.CreateCommand(Find);
        find.Parameters.AddWithValue("id", session);
        return await find.ExecuteScalarAsync(stopping) is byte[] header ? RecordJson.ReadHeader(header) : null;
    }, stopping);

    public Task<IReadOnlyList<LiveRecord>> ReadAsync(string session, int after, CancellationToken stopping) => AskAsync(async () =>
    {
        await using var connection = await db.OpenConnectionAsync(stopping);
        return await ReadAsync(connection, null, session, after, stopping);
    }, stopping);

    public Task<IReadOnlyList<LiveRecord>> AppendAsync(string session, LiveRecord record, int after, CancellationToken stopping) => AskAsync(async () =>
    {
        await using var connection = await db.OpenConnectionAsync(stopping);
        await using var turn = await connection.BeginTransactionAsync(stopping);
        await using var take = new NpgsqlCommand(Lock, connection, turn);
        take.Parameters.AddWithValue("id", session);
        if (await take.ExecuteScalarAsync(stopping) is not int number) throw new IOException("The live session's record has been deleted.");
        await using var append = new NpgsqlCommand(Append, connection, turn);
        append.Parameters.AddWithValue("id", session);
        append.Parameters.AddWithValue("number", number);
        append.Parameters.AddWithValue("record", NpgsqlDbType.Bytea, RecordJson.Write(record));
        await append.ExecuteNonQueryAsync(stopping);
        var all = await ReadAsync(connection, turn, session, after, stopping);
        await turn.CommitAsync(stopping);
        return all;
    }, stopping);

    public Task<IReadOnlyList<(string Session, DateTimeOffset? ClosedAt)>> ListAsync(CancellationToken stopping) => AskAsync<IReadOnlyList<(string, DateTimeOffset?)>>(async () =>
    {
        await using var list = db.CreateCommand(List);
        await using var reader = await list.ExecuteReaderAsync(stopping);
        var all = new List<(string, DateTimeOffset?)>();
        while (await reader.ReadAsync(stopping)) all.Add((reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetFieldValue<DateTimeOffset>(1)));
        return all;
    }, stopping);

    public Task CloseAsync(string session, DateTimeOffset at, CancellationToken stopping) => AskAsync(async () =>
    {
        await using var close = db.CreateCommand(Close);
        close.Parameters.AddWithValue("id", session);
        close.Parameters.AddWithValue("at", at.ToUniversalTime());
        return await close.ExecuteNonQueryAsync(stopping);
    }, stopping);

    public Task DeleteAsync(string session, CancellationToken stopping) => AskAsync(async () =>
    {
        await using var delete = db.CreateCommand(Delete);
        delete.Parameters.AddWithValue("id", session);
        return await delete.ExecuteNonQueryAsync(stopping);
    }, stopping);

    public Task<bool> TryClaimAsync(string session, int index, TimeSpan lease, CancellationToken stopping) => AskAsync(async () =>
    {
        await using var claim = db.CreateCommand(Claim);
        claim.Parameters.AddWithValue("id", session);
        claim.Parameters.AddWithValue("chunk", index);
        claim.Parameters.AddWithValue("node", _node);
        claim.Parameters.AddWithValue("lease", lease);
        return await claim.ExecuteNonQueryAsync(stopping) == 1;
    }, stopping);

    public void Dispose() => _preparing.Dispose();

    private static async Task<IReadOnlyList<LiveRecord>> ReadAsync(NpgsqlConnection connection, NpgsqlTransaction? turn, string session, int after, CancellationToken stopping)
    {
        await using var read = new NpgsqlCommand(Read, connection, turn);
        read.Parameters.AddWithValue("id", session);
        read.Parameters.AddWithValue("after", after);
        await using var reader = await read.ExecuteReaderAsync(stopping);
        var records = new List<LiveRecord>();
        while (await reader.ReadAsync(stopping)) records.Add(RecordJson.ReadRecord(reader.GetFieldValue<byte[]>(0)));
        return records;
    }

    /// <summary>The database's failures are those of every journal; the tables are made when it is first reached.</summary>
    private async Task<T> AskAsync<T>(Func<Task<T>> ask, CancellationToken stopping)
    {
        try
        {
            if (!_isPrepared) await PrepareAsync(stopping);
            return await ask();
        }
        catch (Exception e) when (SessionStore.IsAway(e, stopping) && e is not IOException)
        {
            throw new IOException("The journals' database is away.", e);
        }
    }

    private async Task PrepareAsync(CancellationToken stopping)
    {
        await _preparing.WaitAsync(stopping);
        try
        {
            if (!_isPrepared) await StoreSchema.PrepareAsync(db, stopping);
            _isPrepared = true;
        }
        finally
        {
            _preparing.Release();
        }
    }
}

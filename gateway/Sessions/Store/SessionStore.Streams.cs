using System.Runtime.InteropServices;
using Gateway.Sessions.Limits;
using Gateway.Sessions.Registry;
using Npgsql;

namespace Gateway.Sessions.Store;

/// <summary>
/// The places of users with a limit, for all nodes: one user's requests take turns under an advisory lock, the rule is <see cref="StreamLimit"/>'s, and its decision is
/// written in the same transaction. Other nodes learn within a turn of their writers that a place went to another session.
/// </summary>
internal sealed partial class SessionStore
{
    /// <summary>For this long after a failure no media request waits for the store again.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    private long _failedAt;

    /// <summary>Enters a new session, if its user may have one more stream; it is promised its place unless it has that of what it succeeds, or is opened ahead of time.</summary>
    /// <returns>With <see cref="OpenVerdict.Found"/>, the session that the same player has already, opened on whatever node.</returns>
    public async ValueTask<(OpenVerdict Verdict, SessionRow? Row)> EnterAsync(SessionState session, UserStreams streams, CancellationToken leaving)
    {
        using var limit = new WaitLimit(_options.StoreTimeout, leaving);
        try
        {
            var asked = _time.GetUtcNow();
            await using var connection = await _db.OpenConnectionAsync(limit.Token);
            await using var turn = await connection.BeginTransactionAsync(limit.Token);
            var verdict = StreamVerdict.Holds;
            if (session.Parameters.MaxStreams > 0)
            {
                await TakeTurnAsync(connection, session.User, limit.Token);
                if (session.Parameters.ViewerKeyName is { } key && await FindByViewerKeyAsync(connection, session.User, key, limit.Token) is { } known) return (OpenVerdict.Found, known);
                (verdict, _) = await JudgeAsync(connection, session, StreamLimit.Claim.Of(session) with { OpenedAt = DateTimeOffset.MaxValue }, limit.Token);
                if (verdict == StreamVerdict.TooMany) return (OpenVerdict.TooManyStreams, null);
            }

            await WriteOneAsync(connection, session, limit.Token);
            var isPromised = verdict == StreamVerdict.Free && !session.Parameters.Prewarmed;
            if (isPromised) await HoldAsync(connection, session, limit.Token);
            await turn.CommitAsync(limit.Token);
            if (isPromised) streams.Grant(session, asked + _options.StreamTimeout);
            return (OpenVerdict.Opened, null);
        }
        catch (Exception e) when (IsAway(e, leaving))
        {
            return (OpenVerdict.StoreUnavailable, null);
        }
    }

    /// <summary>
    /// Takes a place for a session that holds none here; what it succeeds loses its own. An unreachable store leaves the decision to this node, and for a moment
    /// is not asked again: <see cref="StreamVerdict.Free"/> without a grant.
    /// </summary>
    public async ValueTask<StreamVerdict> TakePlaceAsync(SessionState session, UserStreams streams, CancellationToken leaving)
    {
        if (Interlocked.Read(ref _failedAt) is var failed and not 0 && _time.GetElapsedTime(failed) < Rest) return StreamVerdict.Free;
        using var limit = new WaitLimit(_options.StoreTimeout, leaving);
        try
        {
            var asked = _time.GetUtcNow();
            await using var connection = await _db.OpenConnectionAsync(limit.Token);
            await using var turn = await connection.BeginTransactionAsync(limit.Token);
            await TakeTurnAsync(connection, session.User, limit.Token);
            if (await WriteOneAsync(connection, session, limit.Token)) return StreamVerdict.Ended;
            var (verdict, succeeded) = await JudgeAsync(connection, session, await ClaimAsync(connection, session, limit.Token), limit.Token);
            if (verdict == StreamVerdict.TooMany) return verdict;
            if (succeeded.Length > 0)
            {
                await using var release = new NpgsqlCommand(StoreStatements.Release, connection);
                release.Parameters.AddWithValue("ids", succeeded);
                await release.ExecuteNonQueryAsync(limit.Token);
            }

            await HoldAsync(connection, session, limit.Token);
            await turn.CommitAsync(limit.Token);
            foreach (var id in succeeded) streams.Drop(session.User, id);
            streams.Grant(session, asked + _options.StreamTimeout);
            return verdict;
        }
        catch (Exception e) when (IsAway(e, leaving))
        {
            Interlocked.Exchange(ref _failedAt, Math.Max(1, _time.GetTimestamp()));
            return StreamVerdict.Free;
        }
        catch (Exception e) when (IsAboutARow(e))
        {
            // The store does not take this session in; here it goes on.
            return StreamVerdict.Free;
        }
    }

    /// <summary>Who lost a place since a moment of the database's clock.</summary>
    public async Task ReadLostPlacesAsync(DateTime? since, Action<Guid> lost, CancellationToken stopping)
    {
        await using var ask = _db.CreateCommand(StoreStatements.Lost);
        ask.Parameters.AddWithValue("since", since ?? DateTime.UnixEpoch.AddDays(1));
        await using var reader = await ask.ExecuteReaderAsync(stopping);
        while (await reader.ReadAsync(stopping)) lost(reader.GetGuid(0));
    }

    /// <summary>A session that was entered and never opened after all. Should the store be unreachable, the session ends there as idle.</summary>
    public async ValueTask ForgetAsync(Guid id)
    {
        using var limit = new WaitLimit(_options.StoreTimeout, CancellationToken.None);
        try
        {
            await using var forget = _db.CreateCommand(StoreStatements.Forget);
            forget.Parameters.AddWithValue("id", id);
            await forget.ExecuteNonQueryAsync(limit.Token);
        }
        catch (Exception e) when (IsAway(e, CancellationToken.None))
        {
            // Its place is free again when its time is over.
        }
    }

    private static async Task TakeTurnAsync(NpgsqlConnection connection, string user, CancellationToken leaving)
    {
        await using var turn = new NpgsqlCommand(StoreStatements.Lock, connection);
        turn.Parameters.AddWithValue("usr", user);
        await turn.ExecuteNonQueryAsync(leaving);
    }

    /// <returns>Whether the session is over.</returns>
    private async Task<bool> WriteOneAsync(NpgsqlConnection connection, SessionState session, CancellationToken leaving)
    {
        await using var write = new NpgsqlCommand(StoreStatements.Write, connection);
        StoreStatements.AddSession(write.Parameters, session, Node, _time.GetUtcNow());
        await using var reader = await write.ExecuteReaderAsync(leaving);
        return await reader.ReadAsync(leaving) && reader.GetBoolean(2);
    }

    private async Task HoldAsync(NpgsqlConnection connection, SessionState session, CancellationToken leaving)
    {
        await using var hold = new NpgsqlCommand(StoreStatements.Hold, connection);
        hold.Parameters.AddWithValue("id", session.Id);
        hold.Parameters.AddWithValue("timeout", _options.StreamTimeout);
        await hold.ExecuteNonQueryAsync(leaving);
    }

    private static async Task<StreamLimit.Claim> ClaimAsync(NpgsqlConnection connection, SessionState session, CancellationToken leaving)
    {
        await using var ask = new NpgsqlCommand(StoreStatements.Claim, connection);
        ask.Parameters.AddWithValue("id", session.Id);
        await using var reader = await ask.ExecuteReaderAsync(leaving);
        return await reader.ReadAsync(leaving) ? ReadClaim(reader) : StreamLimit.Claim.Of(session);
    }

    /// <summary>Asks the rule; with those whose place the session may take.</summary>
    private static async Task<(StreamVerdict Verdict, Guid[] Succeeded)> JudgeAsync(
        NpgsqlConnection connection, SessionState session, StreamLimit.Claim claim, CancellationToken leaving)
    {
        var holders = new List<StreamLimit.Claim>();
        await using (var ask = new NpgsqlCommand(StoreStatements.Holders, connection))
        {
            ask.Parameters.AddWithValue("usr", session.User);
            await using var reader = await ask.ExecuteReaderAsync(leaving);
            while (await reader.ReadAsync(leaving)) holders.Add(ReadClaim(reader));
        }

        var verdict = StreamLimit.Judge(claim, CollectionsMarshal.AsSpan(holders), session.Parameters.MaxStreams);
        return (verdict, verdict == StreamVerdict.Succeeds ? [.. holders.Where(holder => StreamLimit.Succeeds(claim, holder)).Select(holder => holder.Session)] : []);
    }

    private static StreamLimit.Claim ReadClaim(NpgsqlDataReader reader) => new(
        reader.GetGuid(0), reader.IsDBNull(1) ? null : reader.GetGuid(1), reader.IsDBNull(2) ? null : reader.GetString(2), reader.GetFieldValue<DateTimeOffset>(3));

    private async Task<SessionRow?> FindByViewerKeyAsync(NpgsqlConnection connection, string user, string key, CancellationToken leaving)
    {
        await using var find = new NpgsqlCommand(StoreStatements.FindByViewerKey, connection);
        find.Parameters.AddWithValue("usr", user);
        find.Parameters.AddWithValue("mark", key);
        find.Parameters.AddWithValue("timeout", _options.StreamTimeout);
        await using var reader = await find.ExecuteReaderAsync(leaving);
        return await reader.ReadAsync(leaving) ? SessionRow.Read(reader, _signer) : null;
    }
}

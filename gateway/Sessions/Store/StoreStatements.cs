using Gateway.Sessions.Registry;
using Npgsql;
using NpgsqlTypes;

namespace Gateway.Sessions.Store;

/// <summary>The session store's SQL.</summary>
internal static class StoreStatements
{
    /// <summary>
    /// Inserts a session or updates it. A node that knows it from its ticket alone never overwrites what its creator wrote, older activity never newer
    /// one. Opening and last activity are given as ages, not times: a node with a wrong clock must not end its own sessions as idle. They are put off from the clock at the time of the
    /// statement: now() is when the transaction began, before it waited for its turn, and a session would count as opened before one whose opening it waited for. The owner, which counts the session, stays until it was silent for a while. An end is final, except for idleness: the viewer is back.
    /// A place among the user's streams is prolonged where it is still held, and never given: that is <see cref="Hold"/>'s.
    /// </summary>
    public const string Write = """
        INSERT INTO gateway_sessions AS s (id, ticket, usr, entry_cluster, entry_path, media, engine, quality, grp, device, previous, max_streams, max_kbps,
            prewarmed, superseded, begun, opened, seen, hard_expiry, position_sec, position_at, playing, node, node_seen, mark, wave, arm)
        VALUES (@id, @ticket, @usr, @entry_cluster, @entry_path, @media, @engine, @quality, @grp, @device, @previous, @max_streams, @max_kbps,
            @prewarmed, false, @begun, clock_timestamp() - @age, clock_timestamp() - @silent, @hard_expiry, @position_sec, @position_at, @playing, @node, now(), @mark, @wave, @arm)
        ON CONFLICT (id) DO UPDATE SET
            begun = s.begun OR excluded.begun,
            position_sec = CASE WHEN excluded.position_at > s.position_at THEN excluded.position_sec ELSE s.position_sec END,
            playing = CASE WHEN excluded.position_at > s.position_at THEN excluded.playing ELSE s.playing END,
            position_at = greatest(s.position_at, excluded.position_at),
            seen = greatest(s.seen, excluded.seen),
            node = CASE WHEN s.node_seen < now() - interval '90 seconds' THEN excluded.node ELSE s.node END,
            node_seen = CASE WHEN s.node = excluded.node OR s.node_seen < now() - interval '90 seconds' THEN now() ELSE s.node_seen END,
            place_until = CASE WHEN s.place_until > now() THEN greatest(s.place_until, now() + @place_for) ELSE s.place_until END,
            ended = CASE WHEN s.ending = @idle THEN NULL ELSE s.ended END,
            ending = CASE WHEN s.ending = @idle THEN NULL ELSE s.ending END
        RETURNING node, CASE WHEN place_until > now() THEN place_until - now() END, ended IS NOT NULL
        """;

    /// <summary>Serialises the requests of one user, on all nodes.</summary>
    public const string Lock = "SELECT pg_advisory_xact_lock(hashtextextended(@usr, 1))";

    /// <summary>Who holds the user's places. Bounded, should anybody have lowered a limit from thousands.</summary>
    public const string Holders = """
        SELECT id, previous, device, opened FROM gateway_sessions
        WHERE usr = @usr AND ended IS NULL AND place_until > now()
        ORDER BY place_until DESC LIMIT 10000
        """;

    /// <summary>What the rule needs to know of a session that a node may know from its ticket only. When it was opened is told by the database's own clock: which of two came later must not depend on the clocks of two nodes.</summary>
    public const string Claim = "SELECT id, previous, device, opened FROM gateway_sessions WHERE id = @id";

    /// <summary>Gives a place.</summary>
    public const string Hold = "UPDATE gateway_sessions SET place_until = now() + @timeout, place_lost = NULL WHERE id = @id";

    /// <summary>Takes places over from those that are succeeded.</summary>
    public const string Release = "UPDATE gateway_sessions SET place_until = NULL, place_lost = now() WHERE id = ANY(@ids)";

    /// <summary>Who lost a place, and has none, since a moment of the database's clock; the overlap is that of <see cref="Endings"/>.</summary>
    public const string Lost = "SELECT id FROM gateway_sessions WHERE place_lost >= @since - interval '15 seconds' AND place_until IS NULL";

    /// <summary>A session that was never opened after all.</summary>
    public const string Forget = "DELETE FROM gateway_sessions WHERE id = @id";

    public const string Find = $"SELECT {Columns} FROM gateway_sessions WHERE id = @id";

    /// <summary>The session that the same player has at the same URL, on whatever node.</summary>
    public const string FindByViewerKey = $"""
        SELECT {Columns} FROM gateway_sessions
        WHERE usr = @usr AND mark = @mark AND ended IS NULL AND hard_expiry > now() AND seen > now() - @timeout
        ORDER BY seen DESC LIMIT 1
        """;

    private const string Columns =
        "ticket, entry_cluster, entry_path, media, engine, quality, grp, device, previous, max_streams, max_kbps, prewarmed, position_sec, playing, ended IS NOT NULL, ending, position_at, wave, arm";

    /// <summary>Also for a session that the store does not have yet, so that its end is not lost.</summary>
    public const string End = "UPDATE gateway_sessions SET ended = now(), ending = @ending WHERE id = @id AND (ended IS NULL OR ending = @idle)";

    public const string EndUser = "UPDATE gateway_sessions SET ended = now(), ending = @ending WHERE usr = @usr AND (ended IS NULL OR ending = @idle)";

    public const string EndIdle = "UPDATE gateway_sessions SET ended = now(), ending = @idle WHERE ended IS NULL AND seen < now() - @timeout";

    /// <summary>Endings since a moment of the database's clock, and that clock. The overlap covers transactions that were open then.</summary>
    public const string Endings = """
        (SELECT id, hard_expiry, ending, now() FROM gateway_sessions WHERE ended >= @since - interval '15 seconds' AND hard_expiry > now()
            ORDER BY ended DESC LIMIT 200000)
        UNION ALL SELECT NULL, NULL, NULL, now()
        """;

    public const string Prune = "DELETE FROM gateway_sessions WHERE hard_expiry < now() - interval '1 hour'";

    public static void AddSession(NpgsqlParameterCollection parameters, SessionState session, Guid node, DateTimeOffset now, TimeSpan? placeFor = null)
    {
        var wanted = session.Parameters;
        var ticket = session.Paths.Ticket;
        var snapshot = session.Playhead.Snapshot;
        parameters.AddWithValue("id", session.Id);
        parameters.AddWithValue("ticket", session.Paths.Text);
        parameters.AddWithValue("usr", session.User);
        parameters.AddWithValue("entry_cluster", session.Entry.Cluster);
        parameters.AddWithValue("entry_path", session.Entry.Path);
        parameters.AddWithValue("media", wanted.MediaId);
        parameters.AddWithValue("engine", (short)wanted.Engine);
        parameters.AddWithValue("quality", (short)wanted.Quality);
        AddOptional(parameters, "grp", NpgsqlDbType.Text, wanted.GroupId);
        AddOptional(parameters, "device", NpgsqlDbType.Text, wanted.DeviceId);
        AddOptional(parameters, "previous", NpgsqlDbType.Uuid, wanted.Previous);
        parameters.AddWithValue("max_streams", wanted.MaxStreams);
        parameters.AddWithValue("max_kbps", wanted.MaxKbps);
        parameters.AddWithValue("prewarmed", wanted.Prewarmed);
        AddOptional(parameters, "place_for", NpgsqlDbType.Interval, placeFor);
        AddOptional(parameters, "mark", NpgsqlDbType.Text, wanted.ViewerKeyName);
        parameters.AddWithValue("wave", wanted.Wave);
        parameters.AddWithValue("arm", (short)wanted.Arm);
        parameters.AddWithValue("begun", snapshot.HasBegun);
        parameters.AddWithValue("age", now > session.CreatedAt ? now - session.CreatedAt : TimeSpan.Zero);
        parameters.AddWithValue("silent", now > session.LastActivity ? now - session.LastActivity : TimeSpan.Zero);
        parameters.AddWithValue("hard_expiry", ticket.HardExpiry.UtcDateTime);
        parameters.AddWithValue("position_sec", snapshot.PositionSec);
        parameters.AddWithValue("playing", snapshot.IsPlaying);
        parameters.AddWithValue("position_at", snapshot.PositionAt.UtcDateTime);
        parameters.AddWithValue("node", node);
        parameters.AddWithValue("idle", (short)SessionEnding.Idle);
    }

    public static void AddOptional(NpgsqlParameterCollection parameters, string name, NpgsqlDbType type, object? value) =>
        parameters.Add(new NpgsqlParameter(name, type) { Value = value ?? DBNull.Value });
}

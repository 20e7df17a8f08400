using Npgsql;
using NpgsqlTypes;

namespace Gateway.Sessions.Shared;

/// <summary>The shared book's SQL.</summary>
internal static class SharedStatements
{
    /// <summary>
    /// Enters a session or tells how it goes on. What a node knows from a ticket alone never overwrites what its opener knew, an older sign of life never a newer
    /// one. The owner, who counts the viewing, stays until nothing was heard from it for a while. An end is final, but for idleness: the viewer is back.
    /// </summary>
    public const string Write = """
        INSERT INTO gateway_sessions AS s (id, ticket, usr, entry_cluster, entry_path, media, engine, quality, grp, device, previous, max_streams, max_kbps,
            prewarmed, superseded, begun, opened, seen, hard_expiry, position_sec, position_at, playing, node, node_seen)
        VALUES (@id, @ticket, @usr, @entry_cluster, @entry_path, @media, @engine, @quality, @grp, @device, @previous, @max_streams, @max_kbps,
            @prewarmed, @superseded, @begun, @opened, @seen, @hard_expiry, @position_sec, @position_at, @playing, @node, now())
        ON CONFLICT (id) DO UPDATE SET
            superseded = s.superseded OR excluded.superseded,
            begun = s.begun OR excluded.begun,
            position_sec = CASE WHEN excluded.position_at > s.position_at THEN excluded.position_sec ELSE s.position_sec END,
            playing = CASE WHEN excluded.position_at > s.position_at THEN excluded.playing ELSE s.playing END,
            position_at = greatest(s.position_at, excluded.position_at),
            seen = greatest(s.seen, excluded.seen),
            node = CASE WHEN s.node_seen < now() - interval '90 seconds' THEN excluded.node ELSE s.node END,
            node_seen = CASE WHEN s.node = excluded.node OR s.node_seen < now() - interval '90 seconds' THEN now() ELSE s.node_seen END,
            ended = CASE WHEN s.ending = @idle THEN NULL ELSE s.ended END,
            ending = CASE WHEN s.ending = @idle THEN NULL ELSE s.ending END
        RETURNING node
        """;

    /// <summary>One user's wishes take turns, on all nodes.</summary>
    public const string Lock = "SELECT pg_advisory_xact_lock(hashtextextended(@usr, 1))";

    public const string CountStreams = """
        SELECT count(*) FROM gateway_sessions
        WHERE usr = @usr AND ended IS NULL AND NOT superseded AND seen > now() - @timeout
            AND id IS DISTINCT FROM @previous AND (@device IS NULL OR device IS DISTINCT FROM @device) AND (begun OR NOT prewarmed)
        """;

    public const string Find = """
        SELECT ticket, entry_cluster, entry_path, media, engine, quality, grp, device, previous, max_streams, max_kbps, prewarmed, position_sec, playing, ended IS NOT NULL, ending, position_at
        FROM gateway_sessions WHERE id = @id
        """;

    /// <summary>Also for a session that the book has not heard of yet, so that its end is not lost.</summary>
    public const string End = "UPDATE gateway_sessions SET ended = now(), ending = @ending WHERE id = @id AND (ended IS NULL OR ending = @idle)";

    public const string EndIdle = "UPDATE gateway_sessions SET ended = now(), ending = @idle WHERE ended IS NULL AND seen < now() - @timeout";

    /// <summary>Endings since a moment of the database's clock, and that clock. The overlap covers transactions that were open then.</summary>
    public const string Endings = """
        (SELECT id, hard_expiry, ending, now() FROM gateway_sessions WHERE ended >= @since - interval '15 seconds' AND hard_expiry > now()
            ORDER BY ended DESC LIMIT 200000)
        UNION ALL SELECT NULL, NULL, NULL, now()
        """;

    public const string Prune = "DELETE FROM gateway_sessions WHERE hard_expiry < now() - interval '1 hour'";

    public static void AddSession(NpgsqlParameterCollection parameters, SessionState session, Guid node)
    {
        var order = session.Order;
        var ticket = session.Paths.Ticket;
        var picture = session.Playhead.Picture;
        parameters.AddWithValue("id", session.Id);
        parameters.AddWithValue("ticket", session.Paths.Text);
        parameters.AddWithValue("usr", session.User);
        parameters.AddWithValue("entry_cluster", session.Entry.Cluster);
        parameters.AddWithValue("entry_path", session.Entry.Path);
        parameters.AddWithValue("media", order.MediaId);
        parameters.AddWithValue("engine", (short)order.Engine);
        parameters.AddWithValue("quality", (short)order.Quality);
        AddOptional(parameters, "grp", NpgsqlDbType.Text, order.GroupId);
        AddOptional(parameters, "device", NpgsqlDbType.Text, order.DeviceId);
        AddOptional(parameters, "previous", NpgsqlDbType.Uuid, order.Previous);
        parameters.AddWithValue("max_streams", order.MaxStreams);
        parameters.AddWithValue("max_kbps", order.MaxKbps);
        parameters.AddWithValue("prewarmed", order.Prewarmed);
        parameters.AddWithValue("superseded", session.IsSuperseded);
        parameters.AddWithValue("begun", picture.HasBegun);
        parameters.AddWithValue("opened", session.CreatedAt.UtcDateTime);
        parameters.AddWithValue("seen", session.LastActivity.UtcDateTime);
        parameters.AddWithValue("hard_expiry", ticket.HardExpiry.UtcDateTime);
        parameters.AddWithValue("position_sec", picture.PositionSec);
        parameters.AddWithValue("playing", picture.IsPlaying);
        parameters.AddWithValue("position_at", picture.PositionAt.UtcDateTime);
        parameters.AddWithValue("node", node);
        parameters.AddWithValue("idle", (short)SessionEnding.Idle);
    }

    public static void AddOptional(NpgsqlParameterCollection parameters, string name, NpgsqlDbType type, object? value) =>
        parameters.Add(new NpgsqlParameter(name, type) { Value = value ?? DBNull.Value });
}

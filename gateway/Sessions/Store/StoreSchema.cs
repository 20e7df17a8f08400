using Npgsql;

namespace Gateway.Sessions.Store;

/// <summary>The tables of the session store, and the migration from each version to the next. Versions are added, never changed.</summary>
internal static class StoreSchema
{
    /// <summary>Key of the advisory lock under which gateways that start together take turns.</summary>
    private const long MigrationLock = 0x67_61_74_65;

    private const string VersionTable = "CREATE TABLE IF NOT EXISTS gateway_schema (version integer NOT NULL)";

    private static readonly string[] Versions =
    [
        """
        CREATE TABLE gateway_sessions (
            id uuid PRIMARY KEY,
            ticket text NOT NULL,
            usr text NOT NULL,
            entry_cluster text NOT NULL,
            entry_path text NOT NULL,
            media text NOT NULL,
            engine smallint NOT NULL,
            quality smallint NOT NULL,
            grp text,
            device text,
            previous uuid,
            max_streams integer NOT NULL,
            max_kbps integer NOT NULL,
            prewarmed boolean NOT NULL,
            superseded boolean NOT NULL,
            begun boolean NOT NULL,
            opened timestamptz NOT NULL,
            seen timestamptz NOT NULL,
            hard_expiry timestamptz NOT NULL,
            position_sec double precision NOT NULL,
            playing boolean NOT NULL,
            node uuid NOT NULL,
            node_seen timestamptz NOT NULL,
            ended timestamptz,
            ending smallint
        );
        CREATE INDEX gateway_sessions_streams ON gateway_sessions (usr) WHERE ended IS NULL;
        CREATE INDEX gateway_sessions_endings ON gateway_sessions (ended) WHERE ended IS NOT NULL;
        CREATE INDEX gateway_sessions_expiry ON gateway_sessions (hard_expiry);
        """,
        // Sessions of before are taken as if nobody had told their position since; the next heartbeat does.
        """
        ALTER TABLE gateway_sessions ADD COLUMN position_at timestamptz NOT NULL DEFAULT '1970-01-01 00:00:00+00';
        """,
        // Gateways of before go on writing rows without these while they are replaced one by one.
        """
        ALTER TABLE gateway_sessions ADD COLUMN mark text, ADD COLUMN superseded_at timestamptz;
        """,
        """
        CREATE TABLE gateway_revocations (
            kind smallint NOT NULL,
            name text NOT NULL,
            until timestamptz NOT NULL,
            made timestamptz NOT NULL,
            PRIMARY KEY (kind, name)
        );
        CREATE INDEX gateway_revocations_made ON gateway_revocations (made);
        """,
        // Until when a session holds a place among its user's streams, and when it lost it to another. The columns "superseded" and "superseded_at" say nothing any more.
        """
        ALTER TABLE gateway_sessions ADD COLUMN place_until timestamptz, ADD COLUMN place_lost timestamptz;
        CREATE INDEX gateway_sessions_places_lost ON gateway_sessions (place_lost) WHERE place_lost IS NOT NULL;
        """,
        // The roll-out: its state, what each gateway counted of a wave, and what happened in the last minute. Which side of the comparison a session is on, so that another gateway goes on counting it.
        """
        CREATE TABLE gateway_rollout (
            id smallint PRIMARY KEY CHECK (id = 1),
            version bigint NOT NULL,
            state text NOT NULL
        );
        CREATE TABLE gateway_rollout_counts (
            node uuid NOT NULL,
            wave integer NOT NULL,
            counts bytea NOT NULL,
            made timestamptz NOT NULL,
            PRIMARY KEY (node, wave)
        );
        CREATE TABLE gateway_rollout_windows (
            node uuid PRIMARY KEY,
            wave integer NOT NULL,
            counts text NOT NULL,
            made timestamptz NOT NULL
        );
        ALTER TABLE gateway_sessions ADD COLUMN wave integer NOT NULL DEFAULT 0, ADD COLUMN arm smallint NOT NULL DEFAULT 0;
        """,
        // The journals of live sessions: records are numbered from 1 within their session.
        """
        CREATE TABLE gateway_live_sessions (id text PRIMARY KEY, header bytea NOT NULL, records integer NOT NULL DEFAULT 0, closed timestamptz);
        CREATE TABLE gateway_live_records (
            session text NOT NULL REFERENCES gateway_live_sessions (id) ON DELETE CASCADE,
            number integer NOT NULL,
            record bytea NOT NULL,
            PRIMARY KEY (session, number)
        );
        CREATE TABLE gateway_live_claims (
            session text NOT NULL REFERENCES gateway_live_sessions (id) ON DELETE CASCADE,
            chunk integer NOT NULL,
            node uuid NOT NULL,
            until timestamptz NOT NULL,
            PRIMARY KEY (session, chunk)
        );
        """,
        // Who has been counted in a wave's comparison: hashes of users, and of the places that networks have. Of each, one session counts.
        """
        CREATE TABLE gateway_rollout_judged (wave integer NOT NULL, name bigint NOT NULL, PRIMARY KEY (wave, name));
        """,
        // What operators set of adaptation.
        "CREATE TABLE gateway_adaptation (id smallint PRIMARY KEY CHECK (id = 1), cap_kbps integer NOT NULL)",
    ];

    /// <summary>Makes the tables or brings them up to date.</summary>
    public static async Task PrepareAsync(NpgsqlDataSource db, CancellationToken stopping)
    {
        await using var connection = await db.OpenConnectionAsync(stopping);
        await using var turn = await connection.BeginTransactionAsync(stopping);
        await ExecuteAsync(connection, $"SELECT pg_advisory_xact_lock({MigrationLock})", stopping);
        await ExecuteAsync(connection, VersionTable, stopping);
        await using var ask = new NpgsqlCommand("SELECT coalesce(max(version), 0) FROM gateway_schema", connection);
        var version = (int)(await ask.ExecuteScalarAsync(stopping))!;
        for (; version < Versions.Length; version++)
        {
            await ExecuteAsync(connection, Versions[version], stopping);
            await ExecuteAsync(connection, $"INSERT INTO gateway_schema VALUES ({version + 1})", stopping);
        }

        await turn.CommitAsync(stopping);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken stopping)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(stopping);
    }
}

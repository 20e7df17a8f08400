namespace Gateway.Sessions.Shared;

/// <summary>The tables of the shared book, and how each version comes from the one before. Versions are added, never changed.</summary>
internal static class SharedSchema
{
    /// <summary>Key of the advisory lock under which gateways that start together take turns.</summary>
    public const long MigrationLock = 0x67_61_74_65;

    public const string VersionTable = "CREATE TABLE IF NOT EXISTS gateway_schema (version integer NOT NULL)";

    public static readonly string[] Versions =
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
    ];
}

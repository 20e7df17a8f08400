namespace Gateway.Caching.Fetching;

/// <summary>Conditions under which a fetch runs.</summary>
[Flags]
internal enum FetchTerms
{
    /// <summary>For a client that waits.</summary>
    None = 0,

    /// <summary>Goes on when nobody reads.</summary>
    Unattended = 1,

    /// <summary>Was started ahead of demand.</summary>
    Ahead = 2,

    /// <summary>Registered in its slot while it waits for its head: others may join it.</summary>
    Joinable = 4,

    /// <summary>Looks on disk and nowhere else.</summary>
    HeldOnly = 8,

    /// <summary>Asks upstream once: it is known to be away.</summary>
    Once = 16,

    /// <summary>Looks everywhere but upstream, which is known to be away.</summary>
    HeldElsewhere = 32,
}

namespace Gateway.Timelines;

/// <summary>Properties of an entry that matter before it is requested.</summary>
[Flags]
internal enum EntryFlags
{
    None = 0,

    /// <summary>Listed but not there (EXT-X-GAP): clients do not load it, and a 404 is no error.</summary>
    Gap = 1,

    /// <summary>Encoding, timestamps or file format change before it.</summary>
    Discontinuity = 2,

    /// <summary>It lies on a host that is not configured, so the gateway cannot fetch it; its address is empty.</summary>
    Foreign = 4,
}

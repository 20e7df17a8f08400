using Gateway.Media;

namespace Gateway.Load.Links;

/// <summary>One request of a player.</summary>
/// <remarks>
/// Its URL is in two parts because the first is the same for all requests of a session (origin and ticket) and the second the same for all sessions of a title: neither has
/// to be made anew, and a virtual server finds its object by the second alone.
/// </remarks>
internal readonly record struct TransferRequest
{
    public required TransferKind Kind { get; init; }

    /// <summary><c>http://host:port</c>, within a session with the ticket's path; no slash at its end.</summary>
    public required string Root { get; init; }

    /// <summary>Starts with a slash; with its query.</summary>
    public required string Path { get; init; }

    public ByteRange? Range { get; init; }

    /// <summary>What the body is known to be, the range already taken; null = not known.</summary>
    public KnownContent? Known { get; init; }

    /// <summary>Value of the query parameter CMCD, not yet escaped; null for none.</summary>
    public string? Cmcd { get; init; }

    /// <summary><c>_HLS_msn=…</c> and so on, without question mark; null for none.</summary>
    public string? Directives { get; init; }

    /// <summary>GET unless there is something to send.</summary>
    public string Method { get; init; }

    /// <summary>JSON to send; null for none.</summary>
    public string? Json { get; init; }

    /// <summary>Whether the body is wanted itself: manifests and control replies. Of everything else only bytes are counted and summed.</summary>
    public bool KeepBody { get; init; }

    /// <summary>Bearer token for Authorization; null for none.</summary>
    public string? Token { get; init; }

    /// <summary>From the request on to the end of the body; null = no limit of the player's own.</summary>
    public TimeSpan? Patience { get; init; }

    /// <summary>From the request on to the first byte; null = no limit but <see cref="Patience"/>.</summary>
    public TimeSpan? FirstBytePatience { get; init; }
}

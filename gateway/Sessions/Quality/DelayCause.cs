namespace Gateway.Sessions.Quality;

/// <summary>What made a viewer wait, as far as the gateway can see.</summary>
internal enum DelayCause
{
    /// <summary>Nothing is known of most of the time: it lies before the first request, or the requests are not held any more.</summary>
    Unknown,

    /// <summary>Requests failed.</summary>
    Failures,

    /// <summary>The gateway waited for the origin.</summary>
    Origin,

    /// <summary>The client's line took the bytes too slowly.</summary>
    Line,

    /// <summary>All came in time, or nothing was asked for: the player or its device.</summary>
    Player,
}

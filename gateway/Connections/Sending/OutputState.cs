namespace Gateway.Connections.Sending;

/// <summary>What a <see cref="ConnectionOutput"/> is doing.</summary>
internal enum OutputState
{
    /// <summary>Takes bytes; nothing is being sent.</summary>
    Open,

    /// <summary>A flush sends what there is; until it has ended nothing else may be done.</summary>
    Sending,

    /// <summary>Was completed amid a flush, which releases everything when it has ended.</summary>
    Ending,

    /// <summary>Holds nothing any more and takes nothing.</summary>
    Ended,
}

namespace Gateway.Load.Links;

/// <summary>How an exchange ended.</summary>
internal enum TransferEnd
{
    /// <summary>It has not.</summary>
    Running,

    /// <summary>The whole body is there, whatever the status.</summary>
    Complete,

    /// <summary>The player did not want it any more.</summary>
    Cancelled,

    /// <summary>The player's own patience, see <see cref="TransferRequest.Patience"/>.</summary>
    TimedOut,

    /// <summary>No connection, or it broke before the head.</summary>
    NoAnswer,

    /// <summary>It broke within the body: fewer bytes than announced, or a reset.</summary>
    Broken,
}

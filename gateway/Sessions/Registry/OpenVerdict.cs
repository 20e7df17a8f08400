namespace Gateway.Sessions.Registry;

/// <summary>How the wish for a session ended; also the label <c>outcome</c> of <c>gateway_session_creates_total</c>.</summary>
internal enum OpenVerdict
{
    Opened,

    /// <summary>The viewer's own was found again.</summary>
    Found,

    /// <summary>This node holds as many as it may, or as many of this client as leave room for others.</summary>
    Full,

    /// <summary>The user has as many streams as paid for.</summary>
    TooManyStreams,

    /// <summary>The shared store does not answer, and the limit cannot be kept without it.</summary>
    StoreUnavailable,

    /// <summary>The client opens sessions faster than it may.</summary>
    RateLimited,

    /// <summary>The node takes no new sessions.</summary>
    Draining,
}

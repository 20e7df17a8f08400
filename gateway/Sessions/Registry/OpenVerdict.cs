namespace Gateway.Sessions.Registry;

/// <summary>How a request for a session ended; also the label <c>outcome</c> of <c>gateway_session_creates_total</c>.</summary>
internal enum OpenVerdict
{
    Opened,

    /// <summary>The viewer's existing session was found.</summary>
    Found,

    /// <summary>This node holds as many as it may, or as many of this client as its share allows.</summary>
    Full,

    /// <summary>The user has as many streams as its limit allows.</summary>
    TooManyStreams,

    /// <summary>The shared store does not answer, and the limit cannot be kept without it.</summary>
    StoreUnavailable,

    /// <summary>The client opens sessions faster than it may.</summary>
    RateLimited,

    /// <summary>The node takes no new sessions.</summary>
    Draining,
}

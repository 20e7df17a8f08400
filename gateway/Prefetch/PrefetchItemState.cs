namespace Gateway.Prefetch;

/// <summary>State of a <see cref="PrefetchItem"/>.</summary>
internal enum PrefetchItemState
{
    /// <summary>It waits for a free fetch slot.</summary>
    Waiting,

    /// <summary>Its fetch is under way.</summary>
    Running,

    /// <summary>No session wants it any more; its fetch may go on for a client that joined.</summary>
    Abandoned,

    /// <summary>It never started: the queue was full, or no session wanted it any more by then.</summary>
    Declined,

    /// <summary>Its fetch is over.</summary>
    Over,
}

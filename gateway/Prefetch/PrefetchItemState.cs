namespace Gateway.Prefetch;

/// <summary>How far something wanted ahead has come.</summary>
internal enum PrefetchItemState
{
    /// <summary>For a place.</summary>
    Waiting,

    /// <summary>Its fetch is under way.</summary>
    Running,

    /// <summary>Nobody wants it any more; its fetch may go on for a client that joined.</summary>
    Abandoned,

    /// <summary>It never started: no room, or nobody wanted it any more by then.</summary>
    Declined,

    /// <summary>Its fetch is over.</summary>
    Over,
}

namespace Gateway.Caching.Fetching;

/// <summary>State of a <see cref="SharedFetch"/>; <see cref="FetchTransitions"/> has the transitions.</summary>
internal enum FetchState
{
    /// <summary>The request went upstream, the head is awaited. Requests for the same object join.</summary>
    Asking,

    /// <summary>The entry is in its slot while its body arrives, and will stay: requests join, and the fetch goes on for a while without readers.</summary>
    Keeping,

    /// <summary>The same, but the body is much larger than the requested part: it is finished only if somebody reads it to its end.</summary>
    KeepingWhileRead,

    /// <summary>The response will not be stored, but requests may join while it arrives.</summary>
    Sharing,

    /// <summary>The response is for its present readers; nobody joins any more.</summary>
    Passing,

    /// <summary>The fetch is being cancelled because nobody wants it any more; nobody joins.</summary>
    GivenUp,

    /// <summary>The fetch is over and has released everything but the entry in its slot.</summary>
    Ended,
}

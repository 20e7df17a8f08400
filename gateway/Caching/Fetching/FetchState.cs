namespace Gateway.Caching.Fetching;

/// <summary>Where a <see cref="SharedFetch"/> is in its life; <see cref="FetchTransitions"/> says what leads from one to the next.</summary>
internal enum FetchState
{
    /// <summary>Upstream was asked, its head is awaited. Whoever asks for the same waits along.</summary>
    Asking,

    /// <summary>The answer stands on its shelf while its body arrives, and will stay: everybody reads along, and it goes on for a while when nobody reads.</summary>
    Keeping,

    /// <summary>The same, but it is much more than what was asked for: it is finished only if somebody reads it to its end.</summary>
    KeepingWhileRead,

    /// <summary>The answer will not stay, but whoever asks while it arrives may have it.</summary>
    Sharing,

    /// <summary>The answer is for those who read it now; nobody joins any more.</summary>
    Passing,

    /// <summary>Nobody wants it any more: upstream is let go of, and nobody joins.</summary>
    GivenUp,

    /// <summary>It has let go of everything but what stands on the shelf.</summary>
    Ended,
}

namespace Gateway.Caching.Fetching;

/// <summary>The state machine of a <see cref="SharedFetch"/>, as pure functions; its essay shows the same as a table.</summary>
internal static class FetchTransitions
{
    /// <summary>The next state; null when the event is refused in this state because another event came first.</summary>
    public static FetchState? Next(FetchState state, FetchEvent happened) => (state, happened) switch
    {
        (FetchState.Asking, FetchEvent.Kept) => FetchState.Keeping,
        (FetchState.Asking, FetchEvent.KeptWhileRead) => FetchState.KeepingWhileRead,
        (FetchState.Asking, FetchEvent.Shared) => FetchState.Sharing,
        (FetchState.Asking, FetchEvent.Passed) => FetchState.Passing,
        (FetchState.Keeping or FetchState.KeepingWhileRead or FetchState.Sharing, FetchEvent.Outgrown) => FetchState.Passing,
        (not (FetchState.GivenUp or FetchState.Ended), FetchEvent.Deserted) => FetchState.GivenUp,
        (not FetchState.Ended, FetchEvent.Over) => FetchState.Ended,
        _ => null,
    };

    /// <summary>Whether the fetch may go on without readers: for the prefetcher that started it, or for readers that may come back.</summary>
    public static bool MayGoOnUnread(FetchState state) => state is FetchState.Asking or FetchState.Keeping;

    /// <summary>Whether the fetch is finished without readers when most of it is in: discarding that would cost more.</summary>
    public static bool IsFinishedWhenMostIsIn(FetchState state) => state == FetchState.Keeping;
}

namespace Gateway.Caching.Fetching;

/// <summary>The state machine of a <see cref="SharedFetch"/>, as pure functions; its essay shows the same as a table.</summary>
internal static class FetchTransitions
{
    /// <summary>Null when this cannot happen in that state any more: somebody else's event came first.</summary>
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

    /// <summary>Whether it may go on without readers: for whoever started it ahead, or for those who may come back.</summary>
    public static bool MayGoOnUnread(FetchState state) => state is FetchState.Asking or FetchState.Keeping;

    /// <summary>Whether it is finished without readers when most of it is in: throwing that away would cost more.</summary>
    public static bool IsFinishedWhenMostIsIn(FetchState state) => state == FetchState.Keeping;
}

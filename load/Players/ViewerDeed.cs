namespace Gateway.Load.Players;

/// <summary>What a viewer does besides looking.</summary>
internal enum ViewerDeed
{
    Pause,
    Resume,

    /// <summary>To <see cref="ViewerAction.Position"/>.</summary>
    Seek,

    /// <summary>To another title: <see cref="ViewerAction.Title"/>.</summary>
    Zap,

    /// <summary>Goes on in a session of its own by POST …/handoff, as on another device.</summary>
    HandOver,

    /// <summary>Leaves without a word: the page is gone, nothing is deleted.</summary>
    Abandon,

    /// <summary>Leaves as a page that is closed properly does.</summary>
    Leave,
}

namespace Gateway.Responses.History;

/// <summary>What an entry of a <see cref="SessionHistory"/> tells of.</summary>
internal enum HistoryKind : byte
{
    /// <summary>A manifest was answered.</summary>
    Manifest,

    /// <summary>A segment, a part, an init section or a key was answered.</summary>
    Segment,

    /// <summary>The session began, on this node.</summary>
    Opened,

    /// <summary>The first frame or sound, as the player tells.</summary>
    Started,

    /// <summary>It did not come to a first frame or sound, as the player tells.</summary>
    StartFailed,

    /// <summary>Another rendition.</summary>
    Switched,

    /// <summary>Playback stands.</summary>
    Stalled,

    /// <summary>It goes on.</summary>
    Recovered,

    /// <summary>The session is over.</summary>
    Ended,
}

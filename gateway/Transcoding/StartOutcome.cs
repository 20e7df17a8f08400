namespace Gateway.Transcoding;

/// <summary>How a start ended; the snake-case name is a metric label and a log field.</summary>
internal enum StartOutcome
{
    /// <summary>The title is ready.</summary>
    Started,

    /// <summary>The transcoder knows no such title.</summary>
    Unknown,

    /// <summary>It has no time now, or this gateway has as many starts or titles as it may.</summary>
    Busy,

    /// <summary>It cannot make this title.</summary>
    Failed,

    /// <summary>It failed in a way that may pass.</summary>
    Interrupted,

    /// <summary>It was not reached.</summary>
    Unreachable,

    /// <summary>It did not answer in time.</summary>
    TimedOut,
}

namespace Gateway.Manifests.Auto;

/// <summary>Why a title cannot be played as the rendition <c>auto</c>.</summary>
internal enum AutoRefusal
{
    /// <summary>It can.</summary>
    None,

    /// <summary>The lever is switched off.</summary>
    Off,

    /// <summary>Fewer than two rungs of video that one decoder plays.</summary>
    NoLadder,

    /// <summary>A rung's playlist cannot be had.</summary>
    NotFetched,

    /// <summary>Segments are ranges of files.</summary>
    Ranges,

    /// <summary>Segments are encrypted.</summary>
    Encrypted,

    /// <summary>Low-latency parts: a player walks these, not segments.</summary>
    Parts,

    /// <summary>Segments of two rungs do not begin and end together.</summary>
    NotAligned,

    /// <summary>Segments need the parameter sets of their own initialisation section.</summary>
    OutOfBand,

    /// <summary>Initialisation sections differ in more than their parameter sets.</summary>
    InitDiffers,

    /// <summary>More than one Period.</summary>
    Periods,
}

namespace Gateway.Manifests.Hls;

/// <summary>How the rewriting of a playlist ended.</summary>
internal enum HlsOutcome
{
    /// <summary>The whole playlist was written, with at least one byte changed.</summary>
    Rewritten,

    /// <summary>Nothing had to be changed and nothing was written: the body can be sent as it is.</summary>
    Unchanged,

    /// <summary>There is no byte but white space.</summary>
    Empty,

    /// <summary>It has no HLS tag: an HTML page, JSON, media.</summary>
    NotAPlaylist,

    /// <summary>It is not UTF-8 (RFC 8216 §4).</summary>
    InvalidUtf8,

    /// <summary>A line, as it came or with its variables filled in, is longer than <see cref="HlsLimits.LineBytes"/>.</summary>
    LineTooLong,

    /// <summary>Its variables have more text than <see cref="HlsLimits.VariableChars"/>.</summary>
    VariablesTooLarge,

    /// <summary>A tag has more than <see cref="HlsLimits.Attributes"/> attributes.</summary>
    TooManyAttributes,
}

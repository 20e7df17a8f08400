namespace Gateway.Manifests.Dash;

/// <summary>How the rewriting of a DASH document ended. Whatever is not the first wrote nothing.</summary>
internal enum DashOutcome
{
    /// <summary>At least one URL was replaced, or a BaseURL put in.</summary>
    Rewritten,

    /// <summary>Nothing had to change.</summary>
    Unchanged,

    /// <summary>The root is none of MPD, Patch or an element that remote documents consist of: an HTML page, an empty body, something else.</summary>
    NotAnMpd,

    /// <summary>The document ends within a tag, a comment, a CDATA section or an open element.</summary>
    Truncated,

    /// <summary>A tag is spelled so that its end cannot be told.</summary>
    NotWellFormed,

    /// <summary>Elements are nested deeper than <see cref="DashLimits.Depth"/>.</summary>
    TooDeep,

    /// <summary>A tag is longer than <see cref="DashLimits.TagLength"/> or has more attributes than <see cref="DashLimits.Attributes"/>.</summary>
    AttributeTooLong,

    /// <summary>More namespaces are in scope than <see cref="DashLimits.Namespaces"/>.</summary>
    TooManyNamespaces,

    /// <summary>The document brings its own entities or names an external subset: neither is ever read.</summary>
    DoctypeRefused,

    /// <summary>The bytes are not valid in the encoding that they claim, or it is none of those which are read here.</summary>
    InvalidEncoding,
}

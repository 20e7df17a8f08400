namespace Gateway.Access;

/// <summary>How the reading of a request target ended.</summary>
internal enum MediaPathVerdict
{
    Accepted,

    /// <summary>Not one of the media routes in plain spelling, or a part of it is missing.</summary>
    NotMedia,

    TooLong,

    /// <summary>A <c>%</c> without two hex digits, or an overlong UTF-8 sequence, which hides an ASCII character from who does not decode it.</summary>
    BadEncoding,

    /// <summary>Control characters, NUL, backslash, <c>#</c> or what is not ASCII, plain or encoded.</summary>
    ForbiddenCharacter,

    /// <summary><c>.</c> or <c>..</c> as a segment, however encoded.</summary>
    DotSegment,

    /// <summary>An empty segment that only a decoding shows. Those in plain sight are kept: they name something else upstream.</summary>
    EmptySegment,

    /// <summary>A scheme where the path should begin.</summary>
    AbsoluteUrl,
}

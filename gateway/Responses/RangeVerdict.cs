namespace Gateway.Responses;

/// <summary>What a Range header comes to for an object of known length.</summary>
internal enum RangeVerdict
{
    /// <summary>None, several, or one that is not understood: the whole is sent with 200.</summary>
    Whole,

    /// <summary>One part: 206.</summary>
    Part,

    /// <summary>It begins behind the end: 416.</summary>
    Unsatisfiable,
}

namespace Gateway.Responses;

/// <summary>Outcome of a Range header for an object of known length.</summary>
internal enum RangeVerdict
{
    /// <summary>No range, several, or one that is not understood: the whole is sent with 200.</summary>
    Whole,

    /// <summary>One part is sent with 206.</summary>
    Part,

    /// <summary>The range begins behind the end: 416.</summary>
    Unsatisfiable,
}

namespace Gateway.Manifests.Hls;

/// <summary>Outcome of filling in the variables of a reference.</summary>
internal enum VariableUse
{
    /// <summary>It has none.</summary>
    None,

    /// <summary>All were filled in.</summary>
    Filled,

    /// <summary>Some have no value here and stand as they were.</summary>
    Unknown,

    /// <summary>It begins with one that has no value, so even its host may be anything.</summary>
    UnknownAtStart,

    /// <summary>It grew beyond <see cref="HlsLimits.LineBytes"/>.</summary>
    TooLong,
}

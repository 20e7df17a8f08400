namespace Gateway.Origin;

/// <summary>What came of a request that was slow enough for a second one; the lower-case name is a metric label.</summary>
internal enum HedgeOutcome
{
    /// <summary>The first request answered before the second.</summary>
    First,

    /// <summary>The second request answered before the first.</summary>
    Second,

    /// <summary>Both failed.</summary>
    Neither,

    /// <summary>The second request was not sent: the budget was used up.</summary>
    Refused,
}

namespace Gateway.Load.Targets;

/// <summary>What a request for a part of a title was, by those before it.</summary>
internal enum OriginAsk
{
    /// <summary>Nobody had asked for it before.</summary>
    First,

    /// <summary>The gateway that asks had it before, in the same life: it was evicted, given up, hedged or revalidated.</summary>
    SameGateway,

    /// <summary>Another gateway had asked within <see cref="OriginCount.Moment"/>: the two disagreed about whose it is, or one did not wait for the other.</summary>
    AtOnce,

    /// <summary>All gateways that had asked for it have gone, and their memory with them.</summary>
    Lost,

    /// <summary>Another gateway had asked, longer ago, and still runs: it was not looked at, or no longer held it.</summary>
    OtherGateway,
}

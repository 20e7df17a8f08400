namespace Gateway.Origin;

/// <summary>How much a fetch may ask of upstream.</summary>
internal enum FetchEffort
{
    /// <summary>With the usual retries.</summary>
    Full,

    /// <summary>One try: upstream is known to be away, and this one is to see whether it still is.</summary>
    Once,

    /// <summary>Nothing: upstream is known to be away, and only what another gateway holds is of use.</summary>
    HeldElsewhere,
}

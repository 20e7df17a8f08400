namespace Gateway.Caching.Policy;

/// <summary>What may be done with a held response for one request.</summary>
internal enum ReuseVerdict
{
    Fresh,

    /// <summary>May be given stale, and is to be revalidated in the background.</summary>
    Stale,

    /// <summary>Upstream has to confirm it first.</summary>
    Validate,

    /// <summary>The request itself wants it confirmed, though it is fresh.</summary>
    AskedToValidate,
}

namespace Gateway.Caching.Policy;

/// <summary>How a stored response may be used for one request.</summary>
internal enum ReuseVerdict
{
    Fresh,

    /// <summary>The response may be served stale, and is to be revalidated in the background.</summary>
    Stale,

    /// <summary>The response has to be revalidated first.</summary>
    Validate,

    /// <summary>The request demands revalidation, though the response is fresh.</summary>
    AskedToValidate,
}

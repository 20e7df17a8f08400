namespace Gateway.Caching.Policy;

/// <summary>What a 304, or the response to a HEAD, means for the stored response.</summary>
internal enum ValidationVerdict
{
    /// <summary>The stored response is confirmed, and the new fields are for everybody.</summary>
    Renews,

    /// <summary>The stored response is confirmed, but the new fields are for the requester alone: the stored head and its age stay as they were.</summary>
    AskerOnly,

    /// <summary>The stored response may no longer be stored, or not be shared: it is removed.</summary>
    Withdraws,

    /// <summary>The new response is about another version than the stored one.</summary>
    OfAnother,
}

namespace Gateway.Caching.Policy;

/// <summary>What an answer without a body of its own means for the response that is held.</summary>
internal enum ValidationVerdict
{
    /// <summary>It confirms what is held, and its fields are news for everybody.</summary>
    Renews,

    /// <summary>It confirms what is held, but its fields are for whoever asked: what is held stays as it was, as old as it was.</summary>
    AskerOnly,

    /// <summary>It says that what is held may not be kept, or not be shared: that goes.</summary>
    Withdraws,

    /// <summary>It speaks of another version than the one that is held, of which it says nothing.</summary>
    OfAnother,
}

namespace Gateway.Origin;

/// <summary>What the answer to the request for the rest of a broken body is.</summary>
internal enum ContinuationVerdict
{
    /// <summary>Exactly the missing bytes, of the same representation.</summary>
    Rest,

    /// <summary>The whole of the same representation, because the origin ignores ranges: the bytes that are known already are skipped.</summary>
    Whole,

    /// <summary>Another representation, another part, or nothing that can be told to be the same: not one byte of it may follow.</summary>
    Other,
}

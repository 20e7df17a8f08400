namespace Gateway.Access.EdgeAuth;

/// <summary>How the check of an EdgeAuth token ended.</summary>
internal enum EdgeAuthVerdict
{
    Valid,

    /// <summary>No fields joined by <c>~</c> with an HMAC-SHA256 at the end, a field twice, a time that is no number, or no <c>exp</c>.</summary>
    Malformed,

    BadSignature,
    Expired,

    /// <summary>Before its <c>st</c>.</summary>
    NotYetValid,

    /// <summary>Bound to another client address.</summary>
    WrongAddress,

    /// <summary>An operator has revoked its subject.</summary>
    Revoked,

    /// <summary>Good, but its <c>acl</c> does not hold the path.</summary>
    WrongPath,
}

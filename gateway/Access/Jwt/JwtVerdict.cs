namespace Gateway.Access.Jwt;

/// <summary>How the check of a JWT ended.</summary>
internal enum JwtVerdict
{
    Valid,

    /// <summary>No compact JWS of three canonical base64url parts, no JSON objects in them, a key twice, too deep, or too long.</summary>
    Malformed,

    /// <summary>An algorithm outside of the list, <c>none</c> among them, or a critical extension.</summary>
    AlgorithmRefused,

    /// <summary>No key of this id and algorithm.</summary>
    UnknownKey,

    BadSignature,

    /// <summary>A claim of the wrong type, or no <c>exp</c>.</summary>
    BadClaims,

    Expired,

    /// <summary><c>nbf</c> or <c>iat</c> lies in the future.</summary>
    NotYetValid,

    /// <summary>The client has sent too many bad tokens of late: this one was not verified.</summary>
    Limited,

    /// <summary>An operator has revoked it, or its subject.</summary>
    Revoked,

    WrongIssuer,
    WrongAudience,
}

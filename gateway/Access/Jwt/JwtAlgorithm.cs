namespace Gateway.Access.Jwt;

/// <summary>The signature algorithms that are accepted (RFC 7518 §3.1). A key has exactly one, so a header cannot choose another for it.</summary>
internal enum JwtAlgorithm
{
    HS256,
    RS256,
    ES256,
}

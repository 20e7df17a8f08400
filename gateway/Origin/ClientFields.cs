namespace Gateway.Origin;

/// <summary>
/// Fields of a client's request that no upstream sees: its credentials and identity, its CMCD, what it claims about proxies before us,
/// the fields that quote a URL of ours, ticket and all, and those by which some servers take another method or URL than was let through.
/// </summary>
internal static class ClientFields
{
    public static readonly string[] Private =
    [
        "Authorization", "Cookie", "X-Admin-Key", "CMCD-Request", "CMCD-Object", "CMCD-Status", "CMCD-Session",
        "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "X-Real-IP", "Referer", "Origin",
        "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X-Original-URL", "X-Rewrite-URL",
    ];
}

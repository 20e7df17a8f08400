namespace Gateway.Origin;

/// <summary>
/// Fields of a client's request that no upstream sees: its credentials and identity, its CMCD, its claims about proxies before the gateway,
/// the fields that quote a URL of the gateway with its ticket, and those that override method or URL at some servers.
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

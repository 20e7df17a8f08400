namespace Gateway.Origin;

/// <summary>
/// Refuses YARP's <c>HashCookie</c> session affinity. It is the one part of YARP that needs an assembly which the gateway is built
/// without; let through, it would fail on the first request instead of at the start.
/// </summary>
internal static class AffinityCheck
{
    private const string Refused = "HashCookie";

    /// <exception cref="NotSupportedException">The policy is the refused one.</exception>
    public static void Refuse(string cluster, string? policy)
    {
        if (!string.Equals(policy, Refused, StringComparison.OrdinalIgnoreCase)) return;
        throw new NotSupportedException(
            $"ReverseProxy:Clusters:{cluster}:SessionAffinity:Policy: '{policy}' is not available in this gateway. Allowed: Cookie, ArrCookie, CustomHeader.");
    }
}

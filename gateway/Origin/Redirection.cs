namespace Gateway.Origin;

/// <summary>Recognises redirects. YARP's HTTP clients never follow them, and HttpClient's own following would not check for configured upstreams.</summary>
internal static class Redirection
{
    /// <summary>The Location of a redirect that can be followed with the same method; null for every other response.</summary>
    public static string? TargetOf(Exchange exchange)
    {
        if (exchange.Status is not (301 or 302 or 303 or 307 or 308)) return null;
        return exchange.Response!.Headers.NonValidated.TryGetValues("Location", out var values) ? values.ToString() : null;
    }
}

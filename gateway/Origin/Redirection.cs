namespace Gateway.Origin;

/// <summary>Which answers lead elsewhere. YARP's clients never follow by themselves, and theirs would not ask who is configured.</summary>
internal static class Redirection
{
    /// <summary>The Location of a redirect that can be followed with the same method; null for every other answer.</summary>
    public static string? TargetOf(Exchange exchange)
    {
        if (exchange.Status is not (301 or 302 or 303 or 307 or 308)) return null;
        return exchange.Response!.Headers.NonValidated.TryGetValues("Location", out var values) ? values.ToString() : null;
    }
}

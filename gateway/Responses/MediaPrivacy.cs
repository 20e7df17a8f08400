using Microsoft.Extensions.Primitives;

namespace Gateway.Responses;

/// <summary>
/// Keeps responses whose authorisation took more than their URL out of shared caches. A cache in front of the gateway is keyed by URL: a response granted for a header, a cookie
/// or a client address would go to everybody who knows the URL. Where the URL itself carries the authorisation (a ticket that is bound to nothing) nothing is changed.
/// </summary>
internal static class MediaPrivacy
{
    /// <summary>Marks a response <c>private</c> when it starts, whatever upstream allowed shared caches.</summary>
    public static void Keep(HttpResponse response) => response.OnStarting(
        static state =>
        {
            Mark(((HttpResponse)state).Headers);
            return Task.CompletedTask;
        },
        response);

    internal static void Mark(IHeaderDictionary headers)
    {
        // Fields for shared caches alone (RFC 9213 and its predecessors) are removed.
        foreach (var name in headers.Keys.Where(IsTargeted).ToArray()) headers.Remove(name);
        headers.CacheControl = PrivateForm(headers.CacheControl);
    }

    /// <summary>The same directives with <c>private</c> and without those for shared caches.</summary>
    internal static string PrivateForm(StringValues cacheControl)
    {
        // A comma may stand within quotes, in a list of field names; such a list gets the strictest reading.
        var given = cacheControl.ToString();
        if (given.Contains('"', StringComparison.Ordinal)) return given.Contains("no-store", StringComparison.OrdinalIgnoreCase) ? "private, no-store" : "private, no-cache";
        var kept = "private";
        foreach (var part in given.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var name = part.Split('=', 2)[0].Trim();
            if (name.Equals("no-store", StringComparison.OrdinalIgnoreCase)) return given;
            if (!IsAboutSharedCaches(name)) kept += $", {part}";
        }

        return kept;
    }

    private static bool IsAboutSharedCaches(string directive) =>
        directive.Equals("public", StringComparison.OrdinalIgnoreCase)
        || directive.Equals("private", StringComparison.OrdinalIgnoreCase)
        || directive.Equals("s-maxage", StringComparison.OrdinalIgnoreCase)
        || directive.Equals("proxy-revalidate", StringComparison.OrdinalIgnoreCase);

    private static bool IsTargeted(string name) =>
        (name.EndsWith("-Cache-Control", StringComparison.OrdinalIgnoreCase) && name.Length > "-Cache-Control".Length)
        || name.Equals("Surrogate-Control", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Edge-Control", StringComparison.OrdinalIgnoreCase);
}

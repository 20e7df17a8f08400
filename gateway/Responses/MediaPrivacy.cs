using Microsoft.Extensions.Primitives;

namespace Gateway.Responses;

/// <summary>
/// Keeps answers that took more than their URL out of shared caches. A cache in front of the gateway goes by the URL: what was given for a header, a cookie or an address it
/// would give to everybody who knows the URL. Where the URL itself carries the right (a ticket that is bound to nothing) nothing is changed.
/// </summary>
internal static class MediaPrivacy
{
    /// <summary>Marks an answer <c>private</c> when it starts, whatever upstream said of shared caches.</summary>
    public static void Keep(HttpResponse response) => response.OnStarting(
        static state =>
        {
            Mark(((HttpResponse)state).Headers);
            return Task.CompletedTask;
        },
        response);

    internal static void Mark(IHeaderDictionary headers)
    {
        // What speaks to shared caches alone (RFC 9213, and the fields of its predecessors).
        foreach (var name in headers.Keys.Where(IsTargeted).ToArray()) headers.Remove(name);
        headers.CacheControl = PrivateForm(headers.CacheControl);
    }

    /// <summary>The same without what allows or concerns shared caches, and with <c>private</c>.</summary>
    internal static string PrivateForm(StringValues cacheControl)
    {
        // A comma may stand within quotes, in a list of field names; whoever writes such a list gets the strictest reading of it.
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

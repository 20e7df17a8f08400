using Microsoft.Net.Http.Headers;

namespace Gateway.Access;

/// <summary>The credential of a caller that wants to start playing.</summary>
/// <param name="Kind">Its kind, known from where it stood in the request.</param>
/// <param name="Text">The token itself. Never logged.</param>
internal readonly record struct Credential(CredentialKind Kind, string Text)
{
    private const string Bearer = "Bearer ";

    /// <summary>Finds the first credential: header, query, cookie. An explicit one beats the one that a browser sends by itself.</summary>
    /// <param name="request">The request.</param>
    /// <param name="query">Its query, sorted.</param>
    /// <param name="options">Name of the cookie, and the pages that may use it.</param>
    public static Credential Find(HttpRequest request, MediaQuery query, AccessOptions options)
    {
        foreach (var value in request.Headers[HeaderNames.Authorization])
        {
            if (value is not null && value.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)) return new Credential(CredentialKind.Jwt, value[Bearer.Length..].Trim());
        }

        // A JWT needs no percent-encoding, but an encoded one is read as well.
        if (!query.AccessToken.IsEmpty) return new Credential(CredentialKind.Jwt, Uri.UnescapeDataString(query.AccessToken.Span));
        if (!query.EdgeToken.IsEmpty) return new Credential(CredentialKind.EdgeAuth, query.EdgeToken.ToString());
        return request.Cookies[options.CookieName] is { Length: > 0 } cookie && MayUseCookie(request, options) ? new Credential(CredentialKind.Jwt, cookie) : default;
    }

    /// <summary>
    /// A browser adds its cookie to what any page makes it send. A foreign page may use it to play something, but to open, hand off or
    /// end sessions (and use up the user's streams), a page has to be of the gateway's own host, or one that the operator named.
    /// </summary>
    private static bool MayUseCookie(HttpRequest request, AccessOptions options)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || request.Headers.Origin is not [{ Length: > 0 } origin]) return true;
        if (options.CorsOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase)) return true;
        // The host alone: behind a balancer that ends TLS, the scheme that is seen here is not the browser's.
        return Uri.TryCreate(origin, UriKind.Absolute, out var page) && string.Equals(page.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase);
    }

    public override string ToString() => Kind.ToString();
}

using Microsoft.Net.Http.Headers;

namespace Gateway.Access;

/// <summary>What a caller shows at the door.</summary>
/// <param name="Kind">Where it stood, which says what it is.</param>
/// <param name="Text">The token itself. Never logged.</param>
internal readonly record struct Credential(CredentialKind Kind, string Text)
{
    private const string Bearer = "Bearer ";

    /// <summary>Finds the first credential: header, query, cookie. An explicit one beats the one that a browser sends by itself.</summary>
    public static Credential Find(HttpRequest request, MediaQuery query, string cookieName)
    {
        foreach (var value in request.Headers[HeaderNames.Authorization])
        {
            if (value is not null && value.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)) return new Credential(CredentialKind.Jwt, value[Bearer.Length..].Trim());
        }

        // A JWT needs no percent-encoding; who encodes it all the same gets it read.
        if (!query.AccessToken.IsEmpty) return new Credential(CredentialKind.Jwt, Uri.UnescapeDataString(query.AccessToken.Span));
        if (!query.EdgeToken.IsEmpty) return new Credential(CredentialKind.EdgeAuth, query.EdgeToken.ToString());
        return request.Cookies[cookieName] is { Length: > 0 } cookie ? new Credential(CredentialKind.Jwt, cookie) : default;
    }

    public override string ToString() => Kind.ToString();
}

namespace Gateway.Access.Jwt;

/// <summary>Checks JWTs (RFC 7519) against the operator's key set, after the advice of RFC 8725. Thread-safe.</summary>
/// <remarks>
/// 1. Form and signature (<see cref="Jws"/>); a key id that is not known may be a new one, so the set is fetched again, at a limited rate,
/// and the token is looked at once more. 2. Claims. 3. Time, with tolerance for clocks that differ. 4. Issuer and audience, where the operator set them.
/// </remarks>
internal sealed class JwtVerifier(AccessOptions options, JwkFeed feed, TimeProvider time)
{
    /// <param name="text">Compact form.</param>
    /// <param name="cancellation">The caller has gone.</param>
    /// <returns>Claims only with <see cref="JwtVerdict.Valid"/>.</returns>
    public async ValueTask<(JwtVerdict Verdict, JwtClaims? Claims)> VerifyAsync(string text, CancellationToken cancellation)
    {
        var verdict = Jws.Verify(text, feed.Current, out var payload);
        if (verdict == JwtVerdict.UnknownKey && await feed.TryRefetchAsync(cancellation)) verdict = Jws.Verify(text, feed.Current, out payload);
        if (verdict != JwtVerdict.Valid) return (verdict, null);
        using var document = Jws.ParseObject(payload);
        if (document is null) return (JwtVerdict.Malformed, null);
        if (JwtClaims.Read(document.RootElement) is not { } claims) return (JwtVerdict.BadClaims, null);
        verdict = Judge(claims);
        return (verdict, verdict == JwtVerdict.Valid ? claims : null);
    }

    private JwtVerdict Judge(JwtClaims claims)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds() / 1000d;
        var skew = options.ClockSkew.TotalSeconds;
        if (now - skew >= claims.Expiry) return JwtVerdict.Expired;
        if (now + skew < claims.NotBefore || now + skew < claims.IssuedAt) return JwtVerdict.NotYetValid;
        if (options.Issuer is { Length: > 0 } issuer && !string.Equals(claims.Issuer, issuer, StringComparison.Ordinal)) return JwtVerdict.WrongIssuer;
        if (options.Audience is { Length: > 0 } audience && !claims.Audiences.Contains(audience, StringComparer.Ordinal)) return JwtVerdict.WrongAudience;
        return JwtVerdict.Valid;
    }
}

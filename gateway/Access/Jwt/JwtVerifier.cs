using Gateway.Access.Revocation;

namespace Gateway.Access.Jwt;

/// <summary>Checks JWTs (RFC 7519) against the operator's key set, after the advice of RFC 8725. Thread-safe.</summary>
/// <remarks>
/// 1. Form and signature (<see cref="Jws"/>); a key id that is not known may be a new one, so the set is fetched again, at a limited rate,
/// and the token is looked at once more. A client that sends forgeries is refused for a while before any of this: verifying costs up to a tenth of a millisecond. 2. Claims. 3. Time, with tolerance for clocks that differ. 4. Issuer and audience, where the operator set them. 5. Revocations.
/// </remarks>
internal sealed class JwtVerifier(AccessOptions options, JwkRefresher refresher, TimeProvider time, Revocations? revocations = null)
{
    private readonly FailureLimit _failures = new(options.CredentialFailures, time);

    /// <param name="text">Compact form.</param>
    /// <param name="network">The client's, by <see cref="ClientNetwork"/>: a network that sends forgeries has to wait. Null for a token that was accepted here before, which is no forgery.</param>
    /// <param name="cancellation">The caller has gone.</param>
    /// <returns>Claims only with <see cref="JwtVerdict.Valid"/>.</returns>
    public async ValueTask<(JwtVerdict Verdict, JwtClaims? Claims)> VerifyAsync(string text, string? network, CancellationToken cancellation)
    {
        if (network is not null && _failures.IsSpent(network, out _)) return (JwtVerdict.Limited, null);
        var verdict = Jws.Verify(text, refresher.Current, out var payload);
        if (verdict == JwtVerdict.UnknownKey && await refresher.TryRefetchAsync(cancellation)) verdict = Jws.Verify(text, refresher.Current, out payload);
        // An honest client's token may be expired or for something else, but it is signed.
        if (network is not null && verdict is (JwtVerdict.BadSignature or JwtVerdict.UnknownKey)) _failures.Count(network);
        if (verdict != JwtVerdict.Valid) return (verdict, null);
        using var document = Jws.ParseObject(payload);
        if (document is null) return (JwtVerdict.Malformed, null);
        if (JwtClaims.Read(document.RootElement) is not { } claims) return (JwtVerdict.BadClaims, null);
        verdict = Judge(claims);
        if (verdict == JwtVerdict.Valid && revocations?.RefusesCredential(claims.Issuer, claims.Subject, claims.Id) == true) verdict = JwtVerdict.Revoked;
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

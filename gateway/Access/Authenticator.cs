using Gateway.Access.EdgeAuth;
using Gateway.Access.Jwt;
using Gateway.Access.Tickets;
using Gateway.Problems;

namespace Gateway.Access;

/// <summary>
/// Decides on access. Credentials are needed when playing starts (<see cref="AdmitAsync"/>); within a session the ticket in the URL
/// is enough (<see cref="Check"/>), which needs no look-up and waits for nobody. Thread-safe.
/// </summary>
internal sealed partial class Authenticator(
    AccessOptions options, TicketSigner signer, JwtVerifier jwts, EdgeAuthVerifier edgeTokens, AccessMetrics metrics, ILogger<Authenticator> log)
{
    /// <summary>Credentials that were accepted here lately.</summary>
    public AcceptedCredentials Accepted { get; } = new();

    /// <summary>Whether a caller may start playing a path.</summary>
    /// <param name="request">For its credential and address.</param>
    /// <param name="query">The request's query, sorted.</param>
    /// <param name="path">Upstream path, begins with a slash, accepted by <see cref="MediaPath"/>; null for what is about no media.</param>
    public async ValueTask<AccessResult> AdmitAsync(HttpRequest request, MediaQuery query, string? path)
    {
        if (options.Mode == AccessMode.Open) return AccessResult.Of(AccessGrant.Anyone);
        var credential = Credential.Find(request, query, options);
        return credential.Kind switch
        {
            CredentialKind.Jwt => await AdmitJwtAsync(credential.Text, path, request.HttpContext),
            CredentialKind.EdgeAuth => AdmitEdgeToken(credential.Text, request, path),
            _ => AccessResult.Refused(AccessDenial.CredentialMissing),
        };
    }

    /// <summary>Whether a request's ticket opens the address that it leads to.</summary>
    public TicketResult Check(HttpRequest request, in MediaTarget target)
    {
        var verdict = signer.Verify(target.Ticket, out var ticket);
        var denial = AccessDenials.Of(verdict);
        if (denial != AccessDenial.None) return new TicketResult(denial, ticket, default, false);
        if (!target.TryGetAddress(ticket!, out var address)) return new TicketResult(AccessDenial.TicketScope, ticket, default, false);
        var binding = ticket!.Binding;
        if (binding.Kind != TicketBindingKind.None && !binding.Matches(MarkOf(request, binding.Kind)))
            return new TicketResult(AccessDenial.TicketBinding, ticket, default, false);
        return new TicketResult(AccessDenial.None, ticket, address, verdict == TicketVerdict.Lapsed);
    }

    /// <summary>What the tickets of a caller's sessions are bound to, by <see cref="AccessOptions.TicketBinding"/>.</summary>
    public TicketBinding BindingFor(HttpRequest request) => TicketBinding.To(options.TicketBinding, MarkOf(request, options.TicketBinding));

    /// <summary>Answers a request with the problem of its denial, and counts it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="denial">Why.</param>
    /// <param name="retryAfter">When the caller may try again, for one that failed too often.</param>
    public Task RefuseAsync(HttpContext context, AccessDenial denial, TimeSpan? retryAfter = null)
    {
        metrics.Denied(denial);
        LogRefused(denial);
        return ProblemDocument.WriteAsync(context, AccessDenials.ProblemOf(denial), retryAfter is null ? null : new ProblemNotes { RetryAfter = retryAfter });
    }

    private async ValueTask<AccessResult> AdmitJwtAsync(string text, string? path, HttpContext context)
    {
        // A forger behind the same address must not lock out credentials that are known as good.
        var network = Accepted.Holds(text) ? null : ClientNetwork.Of(context.Connection.RemoteIpAddress);
        var (verdict, claims) = await jwts.VerifyAsync(text, network, context.RequestAborted);
        if (claims is null) return AccessResult.Refused(AccessDenials.Of(verdict));
        Accepted.Remember(text);
        var media = claims.Media is { } globs ? MediaGrant.OfGlobs(globs) : MediaGrant.Everything;
        if (path is not null && !media.Holds(path)) return AccessResult.Refused(AccessDenial.MediaNotGranted);
        return AccessResult.Of(new AccessGrant
        {
            User = AccessGrant.UserOf(claims.Issuer, claims.Subject),
            Media = media,
            MaxStreams = claims.MaxStreams,
            MaxKbps = claims.MaxKbps,
        });
    }

    private AccessResult AdmitEdgeToken(string text, HttpRequest request, string? path)
    {
        var verdict = edgeTokens.Verify(text, request.HttpContext.Connection.RemoteIpAddress, path, out var token);
        if (token is not null) Accepted.Remember(text);
        return token is null
            ? AccessResult.Refused(AccessDenials.Of(verdict))
            : AccessResult.Of(new AccessGrant { User = AccessGrant.UserOf(EdgeAuthVerifier.Issuer, token.Id), Media = MediaGrant.OfAcl(token.Acl!) });
    }

    private static string MarkOf(HttpRequest request, TicketBindingKind kind) => kind switch
    {
        TicketBindingKind.Address => request.HttpContext.Connection.RemoteIpAddress is { } ip ? (ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip).ToString() : "",
        TicketBindingKind.Device => request.Headers.UserAgent.ToString(),
        _ => "",
    };

    // Next free id: 31. Client-caused, hence Debug; the credential is not in it.
    [LoggerMessage(30, LogLevel.Debug, "Access denied: '{Denial}'")]
    private partial void LogRefused(AccessDenial denial);
}

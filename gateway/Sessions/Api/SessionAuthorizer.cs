using Gateway.Access;
using Gateway.Access.Tickets;
using Gateway.Problems;
using Gateway.Sessions.Registry;

namespace Gateway.Sessions.Api;

/// <summary>
/// Decides who may act on a session: the holder of its ticket, or, in Token mode, of a credential of its user. In Open mode the id of a session created by an API call is enough: it is
/// 128 random bits that only its creator was told. The id of a session opened by its URL may be known to a neighbour as well, and so may the ticket in its URLs: with
/// these a caller may read the session and report events; ending it, handing it off or setting its position takes the ticket that its creator was given.
/// </summary>
internal sealed class SessionAuthorizer(AccessOptions options, Authenticator authenticator, TicketSigner signer, SessionRegistry sessions, SessionDrafts drafts, SessionDirectory directory)
{
    private const string Bearer = "Bearer ";

    /// <summary>The session; null when the answer, a problem, has been written.</summary>
    /// <param name="context">The request.</param>
    /// <param name="id">As the client wrote it.</param>
    /// <param name="isCurrent">Whether the reply depends on what other nodes know of the session; a heartbeat's does not, and comes often.</param>
    /// <param name="isHarmless">Whether the request only reads or reports.</param>
    /// <param name="orFailedStart">Whether a session that never began is accepted: for reports only.</param>
    public async Task<SessionState?> EnterAsync(HttpContext context, string id, bool isCurrent, bool isHarmless, bool orFailedStart = false)
    {
        if (!Guid.TryParseExact(id, "N", out var session) && !Guid.TryParseExact(id, "D", out session))
        {
            await ProblemDocument.WriteAsync(context, ProblemCode.SessionNotFound);
            return null;
        }

        // A caller without a valid credential is refused before anything is looked up.
        var (denial, claim) = await ReadClaimAsync(context.Request);
        if (denial == AccessDenial.None && claim.Ticket is { } ticket && ticket.Session != session) denial = AccessDenial.TicketScope;
        if (denial != AccessDenial.None)
        {
            await authenticator.RefuseAsync(context, denial);
            return null;
        }

        var (state, isAway) = orFailedStart && drafts.TryGetFailedStart(session, out var failed)
            ? (failed, false)
            : await directory.FindAsync(session, isCurrent, context.RequestAborted);
        if (state is null)
        {
            await ProblemDocument.WriteAsync(context, isAway ? ProblemCode.StoreUnavailable : sessions.HasEnded(session) ? ProblemCode.SessionEnded : ProblemCode.SessionNotFound);
            return null;
        }

        var isItsUser = claim.User is null || string.Equals(state.User, claim.User, StringComparison.Ordinal);
        if (isItsUser && (isHarmless || claim.IsPersonal || !state.Paths.Ticket.IsForMediaOnly)) return state;
        await authenticator.RefuseAsync(context, AccessDenial.TicketScope);
        return null;
    }

    /// <summary>The caller's proven identity: the holder of a ticket, a user, or, in Open mode, nobody in particular.</summary>
    private async ValueTask<(AccessDenial Denial, Claim Claim)> ReadClaimAsync(HttpRequest request)
    {
        MediaQuery.TryRead((request.QueryString.Value ?? "").AsMemory(), out var query);
        if (TicketIn(request, query) is { } text)
        {
            // A lapsed ticket is accepted here: whether its session lives is looked up next.
            var verdict = signer.Verify(text, out var ticket);
            if (options.Mode == AccessMode.Open && ticket is null) return default;
            return (AccessDenials.Of(verdict), new Claim(ticket, null, ticket is { IsForMediaOnly: false }));
        }

        if (options.Mode == AccessMode.Open) return default;
        var accessResult = await authenticator.AdmitAsync(request, query, null);
        return accessResult.Grant is { } grant
            ? (AccessDenial.None, new Claim(null, ViewerKey.UserOf(request.HttpContext, grant), grant.User.Length > 0))
            : (accessResult.Denial, default);
    }

    /// <summary>A ticket where a JWT could be; a JWT has dots, a ticket has none.</summary>
    private static string? TicketIn(HttpRequest request, MediaQuery query)
    {
        var text = request.Headers.Authorization.ToString();
        text = text.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? text[Bearer.Length..].Trim() : query.AccessToken.ToString();
        return text.Length > 0 && !text.Contains('.', StringComparison.Ordinal) ? text : null;
    }

    /// <param name="Ticket">Set for a caller with a ticket.</param>
    /// <param name="User">Set for a caller with a credential.</param>
    /// <param name="IsPersonal">Whether no neighbour can have the same identity.</param>
    private readonly record struct Claim(Ticket? Ticket, string? User, bool IsPersonal);
}

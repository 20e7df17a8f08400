using Gateway.Access;
using Gateway.Access.Tickets;
using Gateway.Problems;

namespace Gateway.Sessions.Control;

/// <summary>
/// Who may speak for a session: who holds its ticket, or, in Token mode, a credential of its user. In Open mode its id alone is enough:
/// it is 128 random bits that only its opener was told.
/// </summary>
internal sealed class SessionDoor(AccessOptions options, Door door, TicketSigner signer, SessionRegistry sessions)
{
    private const string Bearer = "Bearer ";

    /// <summary>The session; null when the answer, a problem, has been written.</summary>
    public async Task<SessionState?> EnterAsync(HttpContext context, string id)
    {
        if (!Guid.TryParseExact(id, "N", out var session) && !Guid.TryParseExact(id, "D", out session))
        {
            await ProblemDocument.WriteAsync(context, ProblemCode.SessionNotFound);
            return null;
        }

        var denial = options.Mode == AccessMode.Open ? AccessDenial.None : await JudgeAsync(context.Request, session);
        if (denial != AccessDenial.None)
        {
            await door.RefuseAsync(context, denial);
            return null;
        }

        if (sessions.TryGet(session, out var state)) return state;
        await ProblemDocument.WriteAsync(context, sessions.HasEnded(session) ? ProblemCode.SessionEnded : ProblemCode.SessionNotFound);
        return null;
    }

    private async ValueTask<AccessDenial> JudgeAsync(HttpRequest request, Guid session)
    {
        MediaQuery.TryRead((request.QueryString.Value ?? "").AsMemory(), out var query);
        if (TicketIn(request, query) is { } text)
        {
            var verdict = signer.Verify(text, out var ticket);
            var denial = AccessDenials.Of(verdict);
            if (denial != AccessDenial.None) return denial;
            if (ticket!.Session != session) return AccessDenial.TicketScope;
            return verdict == TicketVerdict.Lapsed && !sessions.Lives(session) ? AccessDenial.TicketExpired : AccessDenial.None;
        }

        var admission = await door.AdmitAsync(request, query, null);
        if (admission.Grant is not { } grant) return admission.Denial;
        return sessions.TryGet(session, out var state) && !string.Equals(state.User, ViewerMark.UserOf(request.HttpContext, grant), StringComparison.Ordinal)
            ? AccessDenial.TicketScope
            : AccessDenial.None;
    }

    /// <summary>A ticket where a JWT could be; a JWT has dots, a ticket has none.</summary>
    private static string? TicketIn(HttpRequest request, MediaQuery query)
    {
        var text = request.Headers.Authorization.ToString();
        text = text.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? text[Bearer.Length..].Trim() : query.AccessToken.ToString();
        return text.Length > 0 && !text.Contains('.', StringComparison.Ordinal) ? text : null;
    }
}

using Gateway.Access;
using Gateway.Access.Revocation;
using Gateway.Problems;
using Gateway.Sessions;
using Gateway.Sessions.Control;
using Gateway.Sessions.Shared;
using Gateway.Telemetry.Events;

namespace Gateway.Operators;

/// <summary>What operators do to sessions and to those who have them. Each of it is told to the <see cref="Audit"/>.</summary>
internal static class SessionActions
{
    public static void Map(IEndpointRouteBuilder admin)
    {
        admin.MapMethods("/sessions", [HttpMethods.Get, HttpMethods.Head], (SessionDesk desk) => TypedResults.Json(desk.Latest(), SessionJson.Default.SessionPictureArray));
        admin.MapDelete("/sessions/{id}", EndAsync);
        admin.MapDelete("/sessions", EndUserAsync);
        admin.MapMethods("/revocations", [HttpMethods.Get, HttpMethods.Head], (Revocations revocations) => TypedResults.Json(Views(revocations), OperatorJson.Default.RevocationViewArray));
        admin.MapPost("/revocations", RevokeAsync);
        admin.MapPost("/drain", (HttpContext context, Drain drain, Audit audit, bool? on) =>
        {
            drain.Set(on ?? true);
            audit.Tell(context, on ?? true ? "drain.begin" : "drain.end");
            return TypedResults.NoContent();
        });
    }

    private static async Task EndAsync(HttpContext context, string id, SessionLobby lobby, SessionRegistry sessions, Audit audit)
    {
        if (!Guid.TryParseExact(id, "N", out var session) && !Guid.TryParseExact(id, "D", out session))
        {
            await ProblemDocument.WriteAsync(context, ProblemCode.SessionNotFound);
            return;
        }

        var (state, isAway) = await lobby.FindAsync(session, isCurrent: false, context.RequestAborted);
        if (state is null)
        {
            await ProblemDocument.WriteAsync(context, isAway ? ProblemCode.StoreUnavailable : sessions.HasEnded(session) ? ProblemCode.SessionEnded : ProblemCode.SessionNotFound);
            return;
        }

        await lobby.EndAsync(state, SessionEnding.Revoked, context.RequestAborted);
        audit.Tell(context, "session.end", session.ToString("N"), 1);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>The user must be said, so that a forgotten parameter does not end everybody's sessions.</summary>
    private static async Task EndUserAsync(HttpContext context, SessionLobby lobby, Audit audit, string? user)
    {
        if (string.IsNullOrEmpty(user))
        {
            await ProblemDocument.WriteAsync(context, ProblemCode.InvalidRequest, new ProblemNotes { Fields = [("user", "is missing: the userId that GET /admin/sessions shows")] });
            return;
        }

        var (ended, isShared) = await lobby.EndUserAsync(user, SessionEnding.Revoked, context.RequestAborted);
        audit.Tell(context, "user.end", user, ended, isShared ? EventStatus.Success : EventStatus.Error);
        if (isShared) await context.Response.WriteAsJsonAsync(new EndedReply(ended), OperatorJson.Default.EndedReply, cancellationToken: context.RequestAborted);
        else await ProblemDocument.WriteAsync(context, ProblemCode.StoreUnavailable);
    }

    /// <summary>
    /// Refuses a token, a subject or a user until a time. A user's sessions end with it; whose issuer is not known has none that could be found, but shows no credential any more.
    /// </summary>
    private static async Task RevokeAsync(HttpContext context, Revocations revocations, SessionLobby lobby, AccessOptions access, TimeProvider time, Audit audit)
    {
        using var json = await JsonBody.ReadObjectAsync(context);
        if (json is null) return;
        var now = time.GetUtcNow();
        if (RevocationBody.Read(json.RootElement, access.Issuer, now, out var errors) is not { } entry)
        {
            await ProblemDocument.WriteAsync(context, ProblemCode.InvalidRequest, new ProblemNotes { Fields = errors });
            return;
        }

        if (!revocations.TrySet(entry))
        {
            await ProblemDocument.WriteAsync(context, ProblemCode.Overloaded);
            return;
        }

        var isShared = context.RequestServices.GetService<SharedRevocations>() is not { } shared || await shared.TellAsync(entry, context.RequestAborted);
        var isLifted = entry.Until <= now;
        var ended = 0;
        if (!isLifted && entry.Kind == RevocationKind.User)
        {
            (ended, var isToldEverywhere) = await lobby.EndUserAsync(entry.Name, SessionEnding.Revoked, context.RequestAborted);
            isShared &= isToldEverywhere;
        }

        audit.Tell(context, isLifted ? "revocation.lift" : "revocation.set", $"{Word(entry.Kind)} {entry.Name}", ended, isShared ? EventStatus.Success : EventStatus.Error);
        if (isShared) await context.Response.WriteAsJsonAsync(View(entry), OperatorJson.Default.RevocationView, cancellationToken: context.RequestAborted);
        else await ProblemDocument.WriteAsync(context, ProblemCode.StoreUnavailable);
    }

    private static RevocationView[] Views(Revocations revocations) => [.. revocations.All.Select(View).OrderBy(view => view.Until).Take(1000)];

    private static RevocationView View(RevocationEntry entry) => new(Word(entry.Kind), entry.Name, entry.Until);

    private static string Word(RevocationKind kind) => kind switch
    {
        RevocationKind.Token => "jti",
        RevocationKind.Subject => "subject",
        _ => "user",
    };
}

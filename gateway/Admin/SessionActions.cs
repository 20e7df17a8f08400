using Gateway.Access;
using Gateway.Access.Revocation;
using Gateway.Problems;
using Gateway.Sessions.Api;
using Gateway.Sessions.Registry;
using Gateway.Sessions.Store;
using Gateway.Telemetry.Events;

namespace Gateway.Admin;

/// <summary>What operators do to sessions and to those who have them. Each of it is told to the <see cref="Audit"/>.</summary>
internal static class SessionActions
{
    private const int LongestQuery = 128;

    public static void Map(IEndpointRouteBuilder admin)
    {
        admin.MapMethods("/sessions", [HttpMethods.Get, HttpMethods.Head], (SessionHistories histories, AdminOptions options, string? q, bool? ended) =>
            TypedResults.Json(histories.Find(q is { Length: <= LongestQuery } ? q : "", ended ?? false, options.ShowAddresses), SessionJson.Default.SessionSnapshotArray));
        admin.MapMethods("/sessions/{id}/events", [HttpMethods.Get, HttpMethods.Head], ShowEventsAsync);
        admin.MapDelete("/sessions/{id}", EndAsync);
        admin.MapDelete("/sessions", EndUserAsync);
        admin.MapMethods("/revocations", [HttpMethods.Get, HttpMethods.Head], (Revocations revocations) => TypedResults.Json(Views(revocations), AdminJson.Default.RevocationSnapshotArray));
        admin.MapPost("/revocations", RevokeAsync);
        admin.MapPost("/drain", (HttpContext context, Drain drain, Audit audit, bool? on) =>
        {
            drain.Set(on ?? true);
            audit.Tell(context, on ?? true ? "drain.begin" : "drain.end");
            return TypedResults.NoContent();
        });
    }

    private static async Task ShowEventsAsync(HttpContext context, string id, SessionHistories histories, SessionRegistry sessions, AdminOptions options)
    {
        var isId = Guid.TryParseExact(id, "N", out var session) || Guid.TryParseExact(id, "D", out session);
        if (isId && histories.EventsOf(session, options.ShowAddresses) is { } reply)
            await context.Response.WriteAsJsonAsync(reply, SessionJson.Default.SessionEventsReply, cancellationToken: context.RequestAborted);
        else
            await ProblemDocument.WriteAsync(context, isId && sessions.HasEnded(session) ? ProblemCode.SessionEnded : ProblemCode.SessionNotFound);
    }

    private static async Task EndAsync(HttpContext context, string id, SessionDirectory directory, SessionRegistry sessions, Audit audit)
    {
        if (!Guid.TryParseExact(id, "N", out var session) && !Guid.TryParseExact(id, "D", out session))
        {
            await ProblemDocument.WriteAsync(context, ProblemCode.SessionNotFound);
            return;
        }

        var (state, isAway) = await directory.FindAsync(session, isCurrent: false, context.RequestAborted);
        if (state is null)
        {
            await ProblemDocument.WriteAsync(context, isAway ? ProblemCode.StoreUnavailable : sessions.HasEnded(session) ? ProblemCode.SessionEnded : ProblemCode.SessionNotFound);
            return;
        }

        await directory.EndAsync(state, SessionEnding.Revoked, context.RequestAborted);
        audit.Tell(context, "session.end", session.ToString("N"), 1);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>The user must be said, so that a forgotten parameter does not end everybody's sessions.</summary>
    private static async Task EndUserAsync(HttpContext context, SessionDirectory directory, Audit audit, string? user)
    {
        // The session store cannot even be asked for a name with a NUL in it.
        if (user is not { Length: > 0 and <= LongestQuery } || user.Any(char.IsControl))
        {
            await ProblemDocument.WriteAsync(context, ProblemCode.InvalidRequest, new ProblemNotes { Fields = [("user", "is no userId as GET /admin/sessions shows it")] });
            return;
        }

        var (ended, isShared) = await directory.EndUserAsync(user, SessionEnding.Revoked, context.RequestAborted);
        audit.Tell(context, "user.end", user, ended, isShared ? EventStatus.Success : EventStatus.Error);
        if (isShared) await context.Response.WriteAsJsonAsync(new EndedReply(ended), AdminJson.Default.EndedReply, cancellationToken: context.RequestAborted);
        else await ProblemDocument.WriteAsync(context, ProblemCode.StoreUnavailable);
    }

    /// <summary>
    /// Refuses a token, a subject or a user until a time. A user's sessions end with it; whose issuer is not known has none that could be found, but shows no credential any more.
    /// </summary>
    private static async Task RevokeAsync(HttpContext context, Revocations revocations, SessionDirectory directory, AccessOptions access, TimeProvider time, Audit audit)
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

        var isShared = context.RequestServices.GetService<RevocationStore>() is not { } shared || await shared.TellAsync(entry, context.RequestAborted);
        var isLifted = entry.Until <= now;
        var ended = 0;
        if (!isLifted && entry.Kind == RevocationKind.User)
        {
            (ended, var isToldEverywhere) = await directory.EndUserAsync(entry.Name, SessionEnding.Revoked, context.RequestAborted);
            isShared &= isToldEverywhere;
        }

        audit.Tell(context, isLifted ? "revocation.lift" : "revocation.set", $"{Label(entry.Kind)} {entry.Name}", ended, isShared ? EventStatus.Success : EventStatus.Error);
        if (isShared) await context.Response.WriteAsJsonAsync(View(entry), AdminJson.Default.RevocationSnapshot, cancellationToken: context.RequestAborted);
        else await ProblemDocument.WriteAsync(context, ProblemCode.StoreUnavailable);
    }

    private static RevocationSnapshot[] Views(Revocations revocations) => [.. revocations.All.Select(View).OrderBy(snapshot => snapshot.Until).Take(1000)];

    private static RevocationSnapshot View(RevocationEntry entry) => new(Label(entry.Kind), entry.Name, entry.Until);

    private static string Label(RevocationKind kind) => kind switch
    {
        RevocationKind.Token => "jti",
        RevocationKind.Subject => "subject",
        _ => "user",
    };
}

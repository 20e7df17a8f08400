using Gateway.Access;
using Gateway.Origin;
using Gateway.Problems;

namespace Gateway.Sessions.Control;

/// <summary>
/// <c>POST /api/v1/playback/sessions</c>: (1) a draining node refuses at once; (2) the body is read; (3) the door says whether the caller may have the title,
/// and a caller without credential learns that first, whatever the body; (4) the origin says whether the title is there; (5) the guest book opens the session
/// or says why not; (6) with <c>prewarm</c> the first segments are fetched; (7) the answer. Each ending is one event and one count.
/// </summary>
internal sealed class SessionOpening(Door door, SessionLobby lobby, TitleCheck titles, SessionViews views, SessionBooks books, Drain drain)
{
    public async Task HandleAsync(HttpContext context)
    {
        var entry = books.Begin(context);
        // 1
        if (drain.IsDraining)
        {
            await entry.RefuseAsync(ProblemCode.Draining);
            return;
        }

        // 2
        using var body = await JsonBody.ReadObjectAsync(context);
        if (body is null)
        {
            entry.Refused("invalid_request");
            return;
        }

        var wish = SessionWish.Read(body.RootElement, out var errors);

        // 3
        MediaQuery.TryRead((context.Request.QueryString.Value ?? "").AsMemory(), out var query);
        var address = wish is null ? (MediaAddress?)null : new MediaAddress(OriginOptions.DefaultCluster, titles.PathOf(wish.MediaId), string.Empty);
        var admission = await door.AdmitAsync(context.Request, query, address?.Path);
        if (admission.Grant is not { } grant)
        {
            entry.Refused(AccessDenials.ReasonOf(admission.Denial));
            await door.RefuseAsync(context, admission.Denial);
            return;
        }

        if (wish is null)
        {
            await entry.RefuseAsync(ProblemCode.InvalidRequest, new ProblemNotes { Fields = errors });
            return;
        }

        entry.About(wish);

        // 4
        var title = await titles.LookAsync(wish.MediaId, context.RequestAborted);
        if (title.Problem is { } problem)
        {
            await entry.RefuseAsync(problem, title.Notes);
            return;
        }

        // 5
        var order = books.OrderOf(wish, grant) with
        {
            LadderKbps = QualityLimit.KbpsFor(wish.Quality, title.Rungs, grant.MaxKbps),
            Client = ClientOrigin.Of(context.Connection.RemoteIpAddress),
        };
        var (verdict, session) = await lobby.OpenAsync(ViewerMark.UserOf(context, grant), address!.Value, order, door.BindingFor(context.Request), context.RequestAborted);
        if (session is null)
        {
            await entry.RefuseAsync(OpenVerdicts.ProblemOf(verdict));
            return;
        }

        // 6, 7
        if (wish.Prewarm) await titles.PrewarmAsync(session, title, context.RequestAborted);
        entry.Opened(session);
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.Headers.Location = $"{context.Request.PathBase.ToUriComponent()}{SessionRoutes.Root}/{session.Id:N}";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsJsonAsync(views.Reply(session, title, context.Request.PathBase), SessionJson.Default.SessionReply, cancellationToken: context.RequestAborted);
    }
}

using Gateway.Access;
using Gateway.Media;
using Gateway.Origin;
using Gateway.Problems;
using Gateway.Sessions.Limits;
using Gateway.Sessions.Registry;

namespace Gateway.Sessions.Api;

/// <summary>
/// <c>POST /api/v1/playback/sessions</c>: (1) a draining node refuses at once; (2) the body is read; (3) the authenticator says whether the caller may have the title,
/// and refuses a caller without credential whatever the body; (4) the origin says whether the title is there; (5) the session directory opens the session
/// or says why not; (6) with <c>prewarm</c> the first segments are fetched; (7) the reply. Each outcome is one event and one count.
/// </summary>
internal sealed class SessionOpening(Authenticator authenticator, SessionDirectory directory, TitleCheck titles, SessionSnapshots snapshots, SessionTelemetry telemetry, SessionsOptions options)
{
    public async Task HandleAsync(HttpContext context)
    {
        var attempt = new CreateAttempt(context, telemetry, options.DefaultEngine);
        // 1
        if (directory.IsDraining)
        {
            await attempt.RefuseAsync(ProblemCode.Draining);
            return;
        }

        // 2
        using var body = await JsonBody.ReadObjectAsync(context);
        if (body is null)
        {
            attempt.Refused("invalid_request");
            return;
        }

        var request = CreateSessionRequest.Read(body.RootElement, out var errors);

        // 3
        MediaQuery.TryRead((context.Request.QueryString.Value ?? "").AsMemory(), out var query);
        var address = request is null ? (MediaAddress?)null : new MediaAddress(OriginOptions.DefaultCluster, titles.PathOf(request.MediaId), string.Empty);
        var accessResult = await authenticator.AdmitAsync(context.Request, query, address?.Path);
        if (accessResult.Grant is not { } grant)
        {
            attempt.Refused(AccessDenials.ReasonOf(accessResult.Denial));
            await authenticator.RefuseAsync(context, accessResult.Denial);
            return;
        }

        if (request is null)
        {
            await attempt.RefuseAsync(ProblemCode.InvalidRequest, new ProblemNotes { Fields = errors });
            return;
        }

        attempt.About(request);

        // 4
        var title = await titles.LookAsync(request.MediaId, context.RequestAborted);
        if (title.Problem is { } problem)
        {
            await attempt.RefuseAsync(problem, title.Notes);
            return;
        }

        // 5
        var parameters = request.ParametersFor(grant, options.DefaultEngine) with
        {
            Engine = title.EngineFor(request.Engine ?? options.DefaultEngine),
            LadderKbps = QualityLimit.KbpsFor(request.Quality, title.Rungs, grant.MaxKbps),
            Client = ClientOrigin.Of(context.Connection.RemoteIpAddress),
        };
        var (verdict, session) = await directory.OpenAsync(ViewerKey.UserOf(context, grant), address!.Value, parameters, authenticator.BindingFor(context.Request), context.RequestAborted);
        if (session is null)
        {
            await attempt.RefuseAsync(OpenVerdicts.ProblemOf(verdict));
            return;
        }

        // 6, 7
        if (request.Prewarm) await titles.PrewarmAsync(session, title, context.RequestAborted);
        attempt.Opened(session);
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.Headers.Location = $"{context.Request.PathBase.ToUriComponent()}{SessionRoutes.Root}/{session.Id:N}";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsJsonAsync(snapshots.Reply(session, title, context.Request.PathBase), SessionJson.Default.SessionReply, cancellationToken: context.RequestAborted);
    }
}

using Gateway.Access;
using Gateway.Adaptation.Bandwidth;
using Gateway.Adaptation.Players;
using Gateway.Media;
using Gateway.Origin;
using Gateway.Problems;
using Gateway.Rollout.Cohorts;
using Gateway.Rollout.Watching;
using Gateway.Sessions.Limits;
using Gateway.Sessions.Registry;

namespace Gateway.Sessions.Api;

/// <summary>
/// <c>POST /api/v1/playback/sessions</c>: (1) a draining node refuses at once; (2) the body is read; (3) the authenticator says whether the caller may have the title,
/// and refuses a caller without credential whatever the body; the roll-out draws the engine; (4) the origin says whether the title is there; (5) the session directory opens the session
/// or says why not; (6) with <c>prewarm</c> the first segments are fetched; (7) the reply. Each outcome is one event and one count.
/// </summary>
internal sealed class SessionOpening(Authenticator authenticator, SessionDirectory directory, TitleCheck titles, SessionSnapshots snapshots, CreateAttempts attempts, EngineSelector engines)
{
    public async Task HandleAsync(HttpContext context)
    {
        var attempt = attempts.Begin(context);
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
        var address = request is null ? (MediaAddress?)null : new MediaAddress(request.Source ?? OriginOptions.DefaultCluster, titles.PathOf(request.MediaId), string.Empty);
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

        if (!engines.IsSource(address!.Value.Cluster))
        {
            await attempt.RefuseAsync(ProblemCode.InvalidRequest, new ProblemNotes { Fields = [("source", "is no source: leave it out, or name a cluster whose metadata has Source")] });
            return;
        }

        var user = ViewerKey.UserOf(context, grant);
        var id = SessionFactory.NewId();
        var decision = engines.Decide(new EngineRequest(grant.User, user, id, address.Value.Cluster, request.GroupId is not null));
        var client = ClientOrigin.Of(context.Connection.RemoteIpAddress);
        attempt.About(request, decision, RolloutViewer.Of(grant.User, client));

        // 4
        var title = await titles.LookAsync(address.Value.Cluster, request.MediaId, client.Start.With(null, null, grant.MaxKbps, request.StartPositionSec), context.RequestAborted);
        if (title.Problem is { } problem)
        {
            await attempt.RefuseAsync(problem, title.Notes);
            return;
        }

        // 5
        var engine = title.EngineFor(request.GroupId is not null && !engines.GroupsMaySegment ? decision.Engine : request.Engine ?? decision.Engine);
        // What the client chose, or what the title cannot do, was not drawn by lot.
        var isLot = request.Engine is null && title.HasBoth && decision.Wave > 0;
        var parameters = request.ParametersFor(grant) with
        {
            Id = id,
            Engine = engine,
            Arm = request.Engine is not null ? RolloutArm.None : isLot ? decision.Arm : RolloutArm.ByRule,
            Wave = isLot ? decision.Wave : 0,
            IsNamed = grant.User.Length > 0,
            LadderKbps = QualityLimit.KbpsFor(request.Quality, title.Rungs, grant.MaxKbps),
            Client = client,
            Network = context.Connection.RemoteIpAddress is { } remote ? NetworkPrefix.Of(remote) : null,
            Player = PlayerClassifier.Of(request.Player, context.Request.Headers.UserAgent),
        };
        var (verdict, session) = await directory.OpenAsync(user, address.Value, parameters, authenticator.BindingFor(context.Request), context.RequestAborted);
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
        await context.Response.WriteAsJsonAsync(snapshots.Reply(session, title, context.Request.PathBase, title.EngineFor(decision.Engine)), SessionJson.Default.SessionReply, cancellationToken: context.RequestAborted);
    }
}

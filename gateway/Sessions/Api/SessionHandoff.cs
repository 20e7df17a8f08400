using Gateway.Access;
using Gateway.Media;
using Gateway.Origin;
using Gateway.Problems;
using Gateway.Rollout;
using Gateway.Rollout.Cohorts;
using Gateway.Sessions.Limits;
using Gateway.Sessions.Quality;
using Gateway.Sessions.Registry;
using Gateway.Telemetry.Events;

namespace Gateway.Sessions.Api;

/// <summary>
/// <c>POST …/{id}/handoff</c>: opens a successor that carries a session on, with the same quality, at the same position or with another title, its first segments fetched
/// before the reply. The old session's URLs work until it ends; for a user with a stream limit, until the successor's first media take its place.
/// </summary>
/// <remarks>Position and state come from the request where the player sends them, else from the gateway's own record of the session, else they stay unset.</remarks>
internal sealed class SessionHandoff(SessionDirectory directory, TitleCheck titles, SessionSnapshots snapshots, SessionTelemetry telemetry, SessionOutcomes outcomes, EngineSelector engines)
{
    public async Task HandleAsync(HttpContext context, SessionState old)
    {
        var started = telemetry.Timestamp;
        using var json = await JsonBody.ReadObjectAsync(context);
        if (json is null) return;
        var body = HeartbeatBody.Read(json.RootElement, isHandoff: true, out var errors);
        if (body is null)
        {
            await ProblemDocument.WriteAsync(context, ProblemCode.InvalidRequest, new ProblemNotes { Fields = errors });
            return;
        }

        var correlation = Correlation.From(context.Request.Headers, old.Id.ToString("N"));
        telemetry.Tell(new HandoffEvent(HandoffStep.Attempt, EventStatus.Success, null, correlation) { Engine = SessionMetrics.Label(old.Engine) });
        var (session, title, problem, notes) = await SucceedAsync(context, old, body);
        var took = telemetry.Since(started);
        if (session is null)
        {
            var reason = notes?.Reason ?? ProblemTable.Of(problem).Reason;
            outcomes.HandedOff(old, failed: ProblemTable.Of(problem).Status >= 500 && problem is not (ProblemCode.Draining or ProblemCode.AssetNotReady));
            telemetry.HandedOff("failure", took, new HandoffEvent(HandoffStep.Failure, EventStatus.Error, took, correlation) { Reason = reason });
            await ProblemDocument.WriteAsync(context, problem, notes);
            return;
        }

        var remembered = old.Playhead.Snapshot;
        var changesTitle = !string.Equals(session.Parameters.MediaId, old.Parameters.MediaId, StringComparison.Ordinal);
        var resumeAt = body.PositionSec ?? (changesTitle ? 0 : remembered.PositionSec);
        var shouldPlay = body.IsPlaying ?? remembered.IsPlaying;
        session.Playhead.Place(resumeAt, shouldPlay, telemetry.Now);
        session.MarkUrgent();
        outcomes.HandedOff(old, failed: false);
        telemetry.HandedOff("recovered", took, new HandoffEvent(HandoffStep.Recovered, EventStatus.Success, took, correlation.Of(session.Id.ToString("N")))
        {
            PreviousSessionId = old.Id.ToString("N"),
            ResumeAtSec = resumeAt,
            Engine = SessionMetrics.Label(session.Parameters.Engine),
        });
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.Headers.Location = $"{context.Request.PathBase.ToUriComponent()}{SessionRoutes.Root}/{session.Id:N}";
        context.Response.Headers.CacheControl = "no-store";
        var reply = snapshots.Reply(session, title, context.Request.PathBase) with { PreviousSessionId = old.Id.ToString("N"), ResumeAtSec = resumeAt, ShouldPlay = shouldPlay };
        await context.Response.WriteAsJsonAsync(reply, SessionJson.Default.SessionReply, cancellationToken: context.RequestAborted);
    }

    private async Task<(SessionState? Session, TitleVerdict Title, ProblemCode Problem, ProblemNotes? Notes)> SucceedAsync(
        HttpContext context, SessionState old, HeartbeatBody body)
    {
        var mediaId = body.MediaId ?? old.Parameters.MediaId;
        // A session that was opened by a URL has no title's name; it is carried on at that URL.
        if (mediaId.Length == 0) return (null, default, ProblemCode.SessionConflict, new ProblemNotes { Detail = "The session was opened by its URL alone. Say with which mediaId it goes on." });
        var path = titles.PathOf(mediaId);
        if (old.Parameters is { GroupId: not null, Engine: PlaybackEngine.Segmented } && !engines.GroupsMaySegment)
            return (null, default, ProblemCode.SessionConflict, new ProblemNotes { Detail = "Shared listening plays directly here: open a new session.", Reason = "listen_together_segmented_disabled" });
        // A session that is known by its ticket alone may have one for what a manifest refers to elsewhere: titles are not handed on from there.
        var entry = new MediaAddress(old.Parameters.MediaId.Length > 0 ? old.Entry.Cluster : OriginOptions.DefaultCluster, path, string.Empty);
        // What the session's ticket does not open needs a right of its own, and of the same user: the successor lives from the old one's limits.
        var media = old.Parameters.Media;
        if (!old.Paths.Ticket.Covers(entry))
        {
            var accessResult = await titles.MayChangeToAsync(context.Request, path, old.User);
            if (accessResult.Grant is not { } grant) return (null, default, AccessDenials.ProblemOf(accessResult.Denial), null);
            media = grant.Media;
        }

        var client = ClientOrigin.Of(context.Connection.RemoteIpAddress);
        var remembered = old.Playhead.Snapshot;
        var position = body.PositionSec ?? (body.MediaId is null ? remembered.PositionSec : 0);
        var limit = old.Adapted?.LimitOf(old.Parameters.MaxKbps) ?? old.Parameters.MaxKbps;
        var start = client.Start.With(old.Adapted?.EstimateKbps ?? remembered.ThroughputKbps, old.Adapted?.JitterKbps, limit, position);
        var title = await titles.LookAsync(entry.Cluster, mediaId, start, context.RequestAborted);
        if (title.Problem is { } problem) return (null, title, problem, title.Notes);
        var parameters = old.Parameters with
        {
            MediaId = mediaId,
            Engine = title.EngineFor(old.Parameters.Engine),
            Previous = old.Id,
            // The handoff belongs to the session that began the chain, which is counted once.
            Id = null,
            Arm = old.Parameters.Arm == RolloutArm.None ? RolloutArm.None : RolloutArm.ByRule,
            Wave = 0,
            Prewarmed = false,
            // Only the caller learns of it.
            IsShared = false,
            StartPositionSec = 0,
            Client = client,
            Media = media,
            NotAfter = old.Paths.Ticket.HardExpiry,
            // The same quality means another bitrate on another ladder.
            LadderKbps = QualityLimit.KbpsFor(old.Parameters.Quality, title.Rungs, old.Parameters.MaxKbps),
        };
        var (verdict, session) = await directory.OpenAsync(old.User, entry, parameters, old.Paths.Ticket.Binding, context.RequestAborted);
        if (session is null) return (null, title, OpenVerdicts.ProblemOf(verdict), null);
        await titles.PrewarmAsync(session, title, context.RequestAborted);
        return (session, title, default, null);
    }
}

using Gateway.Problems;
using Gateway.Sessions.Groups;
using Gateway.Sessions.Registry;

namespace Gateway.Sessions.Api;

/// <summary>The simple endpoints of a session: read, heartbeat, delete.</summary>
internal sealed class SessionEndpoints(SessionDirectory directory, SessionTelemetry telemetry, SessionSnapshots snapshots, ListeningGroups groups, TimeProvider time)
{
    public Task ShowAsync(HttpContext context, SessionState session)
    {
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(snapshots.SnapshotOf(session), SessionJson.Default.SessionSnapshot, cancellationToken: context.RequestAborted);
    }

    public async Task HeartbeatAsync(HttpContext context, SessionState session)
    {
        using var json = await JsonBody.ReadObjectAsync(context);
        if (json is null) return;
        if (HeartbeatBody.Read(json.RootElement, isHandoff: false, out var errors) is not { } body)
        {
            await ProblemDocument.WriteAsync(context, ProblemCode.InvalidRequest, new ProblemNotes { Fields = errors });
            return;
        }

        session.Touch(time.GetUtcNow());
        directory.Streams.Extend(session);
        telemetry.Heartbeat(session, body.PositionSec!.Value, body.IsPlaying!.Value, body.BufferedUntilSec ?? body.PositionSec.Value);
        groups.Tell(session, body.PositionSec.Value, body.IsPlaying.Value);
        session.MarkUrgent();
        // A player that knows goes on elsewhere while its buffer lasts.
        if (directory.IsDraining) context.Response.Headers[ProblemDocument.DrainingHeader] = "1";
        await context.Response.WriteAsJsonAsync(new HeartbeatReply(snapshots.ExpiryOf(session)), SessionJson.Default.HeartbeatReply, cancellationToken: context.RequestAborted);
    }

    public async Task EndAsync(HttpContext context, SessionState session)
    {
        await directory.EndAsync(session, SessionEnding.Client, context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}

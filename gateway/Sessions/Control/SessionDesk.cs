using Gateway.Problems;

namespace Gateway.Sessions.Control;

/// <summary>The small matters of a session: show, sign of life, end.</summary>
internal sealed class SessionDesk(SessionRegistry sessions, SessionLobby lobby, SessionLedger ledger, SessionViews views, TimeProvider time)
{
    /// <summary>What operators see at once; more would not be read.</summary>
    private const int MostShown = 1000;

    public Task ShowAsync(HttpContext context, SessionState session)
    {
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(views.Picture(session), SessionJson.Default.SessionPicture, cancellationToken: context.RequestAborted);
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
        lobby.Streams.Extend(session);
        ledger.Heartbeat(session, body.PositionSec!.Value, body.IsPlaying!.Value, body.BufferedUntilSec ?? body.PositionSec.Value);
        session.MarkUrgent();
        await context.Response.WriteAsJsonAsync(new HeartbeatReply(views.ExpiryOf(session)), SessionJson.Default.HeartbeatReply, cancellationToken: context.RequestAborted);
    }

    public async Task EndAsync(HttpContext context, SessionState session)
    {
        await lobby.EndAsync(session, SessionEnding.Client, context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    public SessionPicture[] Latest() => [.. sessions.Latest(MostShown).Select(views.Picture)];
}

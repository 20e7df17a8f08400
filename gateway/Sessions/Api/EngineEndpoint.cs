using Gateway.Access;
using Gateway.Origin;
using Gateway.Rollout;
using Gateway.Rollout.Cohorts;
using Gateway.Rollout.Control;
using Gateway.Rollout.Player;
using Gateway.Sessions.Registry;

namespace Gateway.Sessions.Api;

/// <summary><c>GET /api/v1/playback/engine</c>: which engine a page should use, and with what settings. A session's own reply is what counts for it: for a viewer without a name
/// the lot is drawn anew. A page that then asks for a title by its URL adds the <c>draw</c> of this reply, and the session is opened with what was drawn here.</summary>
internal sealed class EngineEndpoint(Authenticator authenticator, EngineSelector engines, RolloutControl control, PlayerOptions player, SessionsOptions sessions)
{
    public async Task ShowAsync(HttpContext context)
    {
        MediaQuery.TryRead((context.Request.QueryString.Value ?? "").AsMemory(), out var query);
        var accessResult = await authenticator.AdmitAsync(context.Request, query, null);
        if (accessResult.Grant is not { } grant)
        {
            await authenticator.RefuseAsync(context, accessResult.Denial);
            return;
        }

        var draw = SessionFactory.NewId();
        var decision = engines.Decide(new EngineRequest(grant.User, ViewerKey.UserOf(context, grant), draw, OriginOptions.DefaultCluster, IsInGroup: false));
        var state = control.Current;
        var reply = new EngineReply(
            SessionMetrics.Label(decision.Engine),
            Label(control.Mode),
            state.Stage,
            state.Reversion is not null,
            player.Profile == PlayerProfile.Legacy ? "legacy" : "balanced",
            (int)player.StartupTimeout.TotalMilliseconds,
            sessions.MinSegmentsBeforePlay,
            (int)sessions.MinBeforePlay.TotalMilliseconds,
            player.EffectiveFragmentDurationSec,
            sessions.PrewarmEnabled,
            engines.GroupsMaySegment,
            player.Progressive,
            draw.ToString("N"));
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsJsonAsync(reply, SessionJson.Default.EngineReply, cancellationToken: context.RequestAborted);
    }

    private static string Label(EngineMode mode) => mode switch
    {
        EngineMode.Direct => "direct",
        EngineMode.Segmented => "segmented",
        _ => "staged",
    };
}

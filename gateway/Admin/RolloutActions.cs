using System.Globalization;
using Gateway.Problems;
using Gateway.Rollout.Cohorts;
using Gateway.Rollout.Control;
using Gateway.Rollout.Watching;
using Gateway.Sessions.Api;
using Gateway.Telemetry.Events;
using Microsoft.Net.Http.Headers;

namespace Gateway.Admin;

/// <summary>
/// <c>GET</c> and <c>PUT /admin/rollout</c>. A change names the version that its sender has seen (RFC 9110 §13.1.1): without <c>If-Match</c> it is refused with 428 (RFC 6585 §3), with an outdated one
/// with 412. <c>If-Match: *</c> is for whoever has to go back at once.
/// </summary>
internal static class RolloutActions
{
    private const int LongestTarget = 200;

    public static void Map(IEndpointRouteBuilder admin)
    {
        admin.MapMethods("/rollout", [HttpMethods.Get, HttpMethods.Head], ShowAsync);
        admin.MapPut("/rollout", ChangeAsync);
    }

    private static Task ShowAsync(HttpContext context, RolloutControl control, RolloutWatch watch, TimeProvider time)
    {
        var state = control.Current;
        context.Response.Headers.ETag = TagOf(state);
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(SnapshotOf(control, watch, state, time.GetUtcNow()), AdminJson.Default.RolloutSnapshot, cancellationToken: context.RequestAborted);
    }

    private static async Task ChangeAsync(HttpContext context, RolloutControl control, RolloutWatch watch, Audit audit, TimeProvider time)
    {
        if (!TryReadMatch(context.Request, out var version, out var problem))
        {
            await ProblemDocument.WriteAsync(context, problem);
            return;
        }

        using var json = await JsonBody.ReadObjectAsync(context);
        if (json is null) return;
        if (RolloutBody.Read(json.RootElement, OperatorIdentity.Of(context).KeyId, out var errors) is not { } change)
        {
            await ProblemDocument.WriteAsync(context, ProblemCode.InvalidRequest, new ProblemNotes { Fields = errors });
            return;
        }

        var (result, refusal) = await control.ChangeAsync(change, version, context.RequestAborted);
        audit.Tell(context, change.Reverted == true ? "rollout.revert" : "rollout.change", Target(change), status: result switch
        {
            ChangeResult.Made => EventStatus.Success,
            ChangeResult.Unavailable => EventStatus.Error,
            _ => EventStatus.Reject,
        });
        switch (result)
        {
            case ChangeResult.Made:
                await ShowAsync(context, control, watch, time);
                break;
            case ChangeResult.Refused:
                await ProblemDocument.WriteAsync(context, ProblemCode.RolloutRefused, new ProblemNotes { Detail = refusal });
                break;
            case ChangeResult.Outdated:
                await ProblemDocument.WriteAsync(context, ProblemCode.PreconditionFailed);
                break;
            default:
                await ProblemDocument.WriteAsync(context, ProblemCode.StoreUnavailable);
                break;
        }
    }

    private static bool TryReadMatch(HttpRequest request, out long? version, out ProblemCode problem)
    {
        version = null;
        problem = ProblemCode.PreconditionRequired;
        if (request.Headers.IfMatch is not [{ Length: > 0 } match]) return false;
        problem = ProblemCode.PreconditionFailed;
        if (match == "*") return true;
        if (!EntityTagHeaderValue.TryParse(match, out var tag) || tag.IsWeak) return false;
        if (!long.TryParse(tag.Tag.AsSpan().Trim('"').TrimStart('v'), NumberStyles.None, CultureInfo.InvariantCulture, out var seen)) return false;
        version = seen;
        return true;
    }

    private static string TagOf(RolloutState state) => string.Create(CultureInfo.InvariantCulture, $"\"v{state.Version}\"");

    private static string Target(RolloutChange change)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"stage={change.Stage} mode={change.Mode} reverted={change.Reverted} override={change.Override} {change.Reason}");
        return text.Length > LongestTarget ? text[..LongestTarget] : text;
    }

    private static RolloutSnapshot SnapshotOf(RolloutControl control, RolloutWatch watch, RolloutState state, DateTimeOffset now)
    {
        var scope = StageScope.Of(state.Stage, control.Options);
        return new RolloutSnapshot
        {
            Version = state.Version,
            Stage = state.Stage,
            StageName = scope.Name,
            Share = scope.Share,
            Sources = Label(scope.Sources),
            Mode = RolloutBody.Label(control.Mode),
            ModeConfigured = control.IsModeConfigured,
            Known = control.IsKnown,
            Wave = state.Wave,
            Since = state.Since,
            By = state.By,
            Reverted = state.Reversion is not null,
            LastReversion = ReversionSnapshot.Of(state.LastReversion),
            WayBack = state.Reversion is null ? null : string.Create(CultureInfo.InvariantCulture, $"PUT /admin/rollout with If-Match and {{\"reverted\": false, \"stage\": {Math.Max(state.Stage - 1, 0)}}}, or the stage that was left: {state.Stage}"),
            Allow = state.Allow,
            Deny = state.Deny,
            ContractPassedAt = state.ContractPassedAt,
            DrillPassedAt = state.DrillPassedAt,
            DeployBeganAt = state.DeployBeganAt,
            DeployPassedAt = state.DeployPassedAt,
            MissingForNext = RolloutRules.MissingForNext(state, control.Evidence(), control.Options, now),
            Warnings = RolloutRules.Warnings(state, now),
            Latest = WaveSnapshot.Of(watch.Latest, state.Wave),
        };
    }

    private static string Label(StageSources sources) => sources switch
    {
        StageSources.None => "none",
        StageSources.Local => "local",
        StageSources.Listed => "listed",
        _ => "all",
    };
}

using Gateway.Problems;
using Gateway.Sessions.Groups;
using Gateway.Sessions.Registry;

namespace Gateway.Sessions.Api;

/// <summary>The control plane of sessions.</summary>
internal static class SessionRoutes
{
    public const string Root = "/api/v1/playback/sessions";

    public static void MapSessions(this WebApplication app)
    {
        app.MapMethods("/api/v1/playback/engine", [HttpMethods.Get, HttpMethods.Head], (HttpContext context, EngineEndpoint engine) => engine.ShowAsync(context));
        var group = app.MapGroup(Root);
        group.MapPost("/", (HttpContext context, SessionOpening opening, CreateLimiter creates) => LimitedAsync(context, creates, () => opening.HandleAsync(context)));
        group.MapMethods("/{id}", [HttpMethods.Get, HttpMethods.Head], (HttpContext context, string id, SessionAuthorizer authorizer, SessionEndpoints endpoints) =>
            WithSessionAsync(context, id, true, authorizer, endpoints.ShowAsync, isHarmless: true));
        group.MapDelete("/{id}", (HttpContext context, string id, SessionAuthorizer authorizer, SessionEndpoints endpoints) => WithSessionAsync(context, id, true, authorizer, endpoints.EndAsync));
        group.MapPost("/{id}/heartbeat", (HttpContext context, string id, SessionAuthorizer authorizer, SessionEndpoints endpoints) =>
            WithSessionAsync(context, id, false, authorizer, endpoints.HeartbeatAsync));
        group.MapMethods("/{id}/group", [HttpMethods.Get, HttpMethods.Head], (HttpContext context, string id, SessionAuthorizer authorizer, GroupEvents events) =>
            WithSessionAsync(context, id, false, authorizer, events.FollowAsync, isHarmless: true));
        group.MapPost("/{id}/handoff", (HttpContext context, string id, SessionAuthorizer authorizer, SessionHandoff handoff, CreateLimiter creates) =>
            LimitedAsync(context, creates, () => WithSessionAsync(context, id, true, authorizer, handoff.HandleAsync)));
        group.MapPost("/{id}/events", (HttpContext context, string id, SessionAuthorizer authorizer, ClientReports reports, ReportLimiter limiter) =>
            ReportAsync(context, id, authorizer, reports, limiter));
    }

    private static Task LimitedAsync(HttpContext context, CreateLimiter creates, Func<Task> handle) => creates.TryTake(context, out var retryAfter) ? handle() : RefuseAsync(context, retryAfter);

    private static Task RefuseAsync(HttpContext context, TimeSpan? retryAfter) => ProblemDocument.WriteAsync(context, ProblemCode.RateLimited, new ProblemNotes { RetryAfter = retryAfter });

    private static async Task ReportAsync(HttpContext context, string id, SessionAuthorizer authorizer, ClientReports reports, ReportLimiter limiter)
    {
        if (!limiter.TryTake(context, id, out var retryAfter)) await RefuseAsync(context, retryAfter);
        else if (await authorizer.EnterAsync(context, id, isCurrent: false, isHarmless: true, orFailedStart: true) is { } session) await reports.HandleAsync(context, session);
    }

    private static async Task WithSessionAsync(HttpContext context, string id, bool isCurrent, SessionAuthorizer authorizer, Func<HttpContext, SessionState, Task> handle, bool isHarmless = false)
    {
        if (await authorizer.EnterAsync(context, id, isCurrent, isHarmless) is { } session) await handle(context, session);
    }
}

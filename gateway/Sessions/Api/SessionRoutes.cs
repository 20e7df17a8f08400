using System.Threading.RateLimiting;
using Gateway.Access;
using Gateway.Problems;
using Gateway.Sessions.Groups;
using Gateway.Sessions.Registry;

namespace Gateway.Sessions.Api;

/// <summary>The control plane of sessions.</summary>
internal static class SessionRoutes
{
    public const string Root = "/api/v1/playback/sessions";

    /// <summary>Policy of the limiter for reported events, by session.</summary>
    public const string EventLimit = "session-events";

    /// <summary>The player page reports events a few times a minute; bursts follow a time without network.</summary>
    private const int EventsPerMinute = 120;

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
        group.MapPost("/{id}/events", (HttpContext context, string id, SessionAuthorizer authorizer, ClientReports reports) =>
            ReportAsync(context, id, authorizer, reports)).RequireRateLimiting(EventLimit);
    }

    public static void AddSessionLimits(this IServiceCollection services) => services.AddRateLimiter(limiter =>
    {
        limiter.OnRejected = static (rejected, _) => new ValueTask(ProblemDocument.WriteAsync(rejected.HttpContext, ProblemCode.RateLimited, new ProblemNotes
        {
            RetryAfter = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : null,
        }));
        limiter.AddPolicy(EventLimit, static context => Window(EventSource(context), EventsPerMinute, TimeSpan.FromMinutes(1)));
    });

    /// <summary>
    /// The session that reports, or the client when the session is unknown here: the limiter keeps every partition key for a while, and ids can be invented.
    /// </summary>
    private static string EventSource(HttpContext context) =>
        Guid.TryParse(context.Request.RouteValues["id"] as string, out var id) && context.RequestServices.GetRequiredService<SessionRegistry>().Lives(id)
            ? id.ToString("N")
            : ClientNetwork.Of(context.Connection.RemoteIpAddress);

    private static RateLimitPartition<string> Window(string key, int permits, TimeSpan window) =>
        RateLimitPartition.GetSlidingWindowLimiter(key, _ => new SlidingWindowRateLimiterOptions
        {
            PermitLimit = permits,
            Window = window,
            SegmentsPerWindow = 6,
            QueueLimit = 0,
        });

    private static Task LimitedAsync(HttpContext context, CreateLimiter creates, Func<Task> handle) => creates.TryTake(context, out var retryAfter)
        ? handle()
        : ProblemDocument.WriteAsync(context, ProblemCode.RateLimited, new ProblemNotes { RetryAfter = retryAfter });

    private static async Task ReportAsync(HttpContext context, string id, SessionAuthorizer authorizer, ClientReports reports)
    {
        if (await authorizer.EnterAsync(context, id, isCurrent: false, isHarmless: true, orFailedStart: true) is { } session) await reports.HandleAsync(context, session);
    }

    private static async Task WithSessionAsync(HttpContext context, string id, bool isCurrent, SessionAuthorizer authorizer, Func<HttpContext, SessionState, Task> handle, bool isHarmless = false)
    {
        if (await authorizer.EnterAsync(context, id, isCurrent, isHarmless) is { } session) await handle(context, session);
    }
}

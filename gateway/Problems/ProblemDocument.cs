using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Gateway.Problems;

/// <summary>
/// Writes a problem as RFC 9457 document. It repeats nothing that a client sent, and tells nothing about the gateway's inside. The type is
/// the default <c>about:blank</c>, hence the title is the status phrase (RFC 9457 §4.2.1); programs go by <c>code</c>.
/// </summary>
internal static class ProblemDocument
{
    public const string ContentType = "application/problem+json";

    /// <summary>Header by which a balancer tells a draining node from an unreachable origin, and tries another node.</summary>
    public const string DrainingHeader = "X-Gateway-Draining";

    /// <summary>Default of <c>Retry-After</c>.</summary>
    public static readonly TimeSpan DefaultRetryAfter = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromHours(1);

    /// <summary>
    /// Answers with a problem. Headers that describe the answer that was being prepared go; <c>Allow</c> and <c>Content-Range</c> are the
    /// caller's to set. When the response has begun, the connection is aborted instead, so that no client takes the body for complete.
    /// </summary>
    public static Task WriteAsync(HttpContext context, ProblemCode code, ProblemNotes? notes = null)
    {
        var response = context.Response;
        if (response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        var problem = ProblemTable.Of(code);
        var state = notes?.State ?? problem.State;
        TimeSpan? retryAfter = state == HintState.Waiting ? Clamp(notes?.RetryAfter ?? DefaultRetryAfter) : null;
        var body = new ArrayBufferWriter<byte>(512);
        var stage = StartupStages.Of(context.Request);
        using (var json = new Utf8JsonWriter(body)) WriteBody(json, problem, notes, state, retryAfter, stage);
        if (stage != StartupStage.None) context.RequestServices?.GetService<ProblemMetrics>()?.StartFailed(stage, notes?.Reason ?? ReasonAt(problem, stage));

        var headers = response.Headers;
        headers.Remove(HeaderNames.ETag);
        headers.Remove(HeaderNames.LastModified);
        headers.Remove(HeaderNames.ContentEncoding);
        headers.Remove(HeaderNames.AcceptRanges);
        headers.CacheControl = "no-store";
        if (notes?.Allow is { } allow) headers.Allow = allow;
        if (retryAfter is { } wait) headers.RetryAfter = Seconds(wait).ToString(CultureInfo.InvariantCulture);
        if (code == ProblemCode.Draining) headers[DrainingHeader] = "1";
        // The origin's challenge is not passed on: no client's credential is sent upstream.
        if (problem.Status == StatusCodes.Status401Unauthorized && code != ProblemCode.AssetUnauthorized)
            headers.WWWAuthenticate = code == ProblemCode.CredentialMissing ? "Bearer" : "Bearer error=\"invalid_token\"";
        response.StatusCode = problem.Status;
        response.ContentType = ContentType;
        response.ContentLength = body.WrittenCount;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(body.WrittenMemory, context.RequestAborted).AsTask();
    }

    private static void WriteBody(Utf8JsonWriter json, Problem problem, ProblemNotes? notes, HintState state, TimeSpan? retryAfter, StartupStage stage)
    {
        json.WriteStartObject();
        json.WriteString("title", ReasonPhrases.GetReasonPhrase(problem.Status));
        json.WriteNumber("status", problem.Status);
        json.WriteString("code", problem.Code);
        json.WriteString("detail", notes?.Detail ?? problem.Detail);
        if (notes?.Fields.Count > 0) WriteFields(json, notes.Fields);
        if (stage != StartupStage.None)
        {
            json.WriteStartObject("startupHint");
            json.WriteString("stage", StartupStages.NameOf(stage));
            json.WriteString("state", NameOf(state));
            json.WriteBoolean("transient", state == HintState.Waiting);
            json.WriteString("reason", notes?.Reason ?? ReasonAt(problem, stage));
            if (retryAfter is { } wait) json.WriteNumber("retryAfterMs", (long)wait.TotalMilliseconds);
            else json.WriteNull("retryAfterMs");
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteFields(Utf8JsonWriter json, IReadOnlyList<(string Field, string Error)> fields)
    {
        json.WriteStartArray("errors");
        foreach (var (field, error) in fields)
        {
            json.WriteStartObject();
            json.WriteString("field", field);
            json.WriteString("detail", error);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string ReasonAt(Problem problem, StartupStage stage) => (problem.Reason, stage) switch
    {
        ("asset_not_found", StartupStage.Manifest) => "manifest_not_found",
        ("asset_not_found", StartupStage.Segment) => "segment_not_found",
        ("invalid_segment_name", StartupStage.Manifest or StartupStage.SessionCreate) => "invalid_request",
        _ => problem.Reason,
    };

    private static string NameOf(HintState state) => state switch
    {
        HintState.Waiting => "waiting",
        HintState.Blocked => "blocked",
        _ => "failed",
    };

    private static TimeSpan Clamp(TimeSpan wait) => wait < TimeSpan.Zero ? TimeSpan.Zero : wait > MaxRetryAfter ? MaxRetryAfter : wait;

    // Retry-After knows whole seconds only; a zero would invite a busy loop.
    private static long Seconds(TimeSpan wait) => Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));
}

using System.Text.Json;
using Gateway.Adaptation.Players;
using Gateway.Json;
using Gateway.Problems;
using Gateway.Responses.History;
using Gateway.Sessions.Quality;
using Gateway.Sessions.Registry;
using Gateway.Telemetry.Events;

namespace Gateway.Sessions.Api;

/// <summary>
/// <c>POST …/{id}/events</c>: events that a player reports, as one object, an array, or NDJSON. The whole body is checked before any event counts.
/// Known names change the gateway's metrics, within limits per session; all events go into the event log, marked as the client's, and none makes a series of its
/// own. Names of events that only the gateway can know are refused.
/// </summary>
internal sealed class ClientReports(SessionTelemetry telemetry, SessionOutcomes outcomes, EventLog events)
{
    public const int MaxEvents = 256;
    public const int LongestName = 128;

    /// <summary>A longer time is taken for a clock error.</summary>
    private const double LongestMs = 3_600_000;

    public async Task HandleAsync(HttpContext context, SessionState session)
    {
        if (await JsonBody.ReadAsync(context) is not { } bytes) return;
        var documents = new List<JsonDocument>();
        try
        {
            var reports = new List<(string Name, JsonElement Body)>();
            if (!TryRead(bytes, documents, reports, out var error))
            {
                await ProblemDocument.WriteAsync(context, ProblemCode.InvalidRequest, new ProblemNotes { Fields = [error] });
                return;
            }

            var correlation = Correlation.From(context.Request.Headers, session.Id.ToString("N"));
            foreach (var (name, body) in reports) Take(session, name, body, correlation);
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            await context.Response.WriteAsJsonAsync(new EventsReply(reports.Count), SessionJson.Default.EventsReply, cancellationToken: context.RequestAborted);
        }
        finally
        {
            foreach (var document in documents) document.Dispose();
        }
    }

    internal static bool TryRead(
        ReadOnlyMemory<byte> bytes, List<JsonDocument> documents, List<(string Name, JsonElement Body)> reports, out (string Field, string Error) error)
    {
        error = ("body", "is no JSON object, array of objects, or one object a line");
        if (StrictJson.TryParse(bytes, out var whole))
        {
            documents.Add(whole);
            return whole.RootElement.ValueKind switch
            {
                JsonValueKind.Object => TryAdd(whole.RootElement, reports, out error),
                JsonValueKind.Array => TryAddAll(whole.RootElement, reports, ref error),
                _ => false,
            };
        }

        for (var rest = bytes; !rest.IsEmpty;)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (line.Span.TrimStart(" \t\r"u8).IsEmpty) continue;
            if (!StrictJson.TryParse(line, out var document)) return false;
            documents.Add(document);
            if (!TryAdd(document.RootElement, reports, out error)) return false;
        }

        return reports.Count > 0;
    }

    private static bool TryAddAll(JsonElement array, List<(string Name, JsonElement Body)> reports, ref (string Field, string Error) error)
    {
        foreach (var element in array.EnumerateArray())
        {
            if (!TryAdd(element, reports, out error)) return false;
        }

        return true;
    }

    private static bool TryAdd(JsonElement element, List<(string Name, JsonElement Body)> reports, out (string Field, string Error) error)
    {
        error = ("event", $"is no text of 1 to {LongestName} characters without control characters");
        if (element.ValueKind != JsonValueKind.Object) return false;
        var fields = new FieldReader(element);
        if (fields.Text("event", LongestName, required: true) is not { } name) return false;
        error = ("event", "is the name of an event that only the gateway reports");
        if (ClientEvent.IsOurs(name)) return false;
        error = ("body", $"has more than {MaxEvents} events");
        if (reports.Count == MaxEvents) return false;
        reports.Add((name, element));
        return true;
    }

    private void Take(SessionState session, string name, JsonElement body, Correlation correlation)
    {
        switch (name)
        {
            case "player.startup_timeline" when Milliseconds(body, "totalToAudibleMs") is { } took && IsAudible(body):
                telemetry.Started(session, took, PartsOf(body));
                break;
            // The player also reports that its retry budget is spent; the failure counts once.
            case "player.startup_timeline" when !IsAudible(body) && !HasSpentItsTries(body):
                telemetry.StartFailed(session, StageOf(body), OutcomeOf(body));
                if (OutcomeOf(body) == "playback_error") outcomes.Interrupted(session);
                break;
            case "session.startup_retry_exhausted":
                telemetry.StartFailed(session, StageOf(body), "retry_exhausted");
                break;
            case "player.rebuffer":
                telemetry.StallReported(session);
                break;
            case "player.rebuffer_recovered":
                telemetry.StallEndReported(session, Milliseconds(body, "durationMs") ?? TimeSpan.Zero);
                if (TextOf(body, "outcome") == "failed") outcomes.Interrupted(session);
                break;
            case "session.handoff_load_error":
                if (telemetry.HandoffFailed(session, "load_error")) outcomes.HandoffNotLoaded(session);
                break;
            case "session.handoff_circuit_open":
                if (telemetry.HandoffFailed(session, "circuit_open")) outcomes.HandoffNotLoaded(session);
                break;
        }

        if (name == "player.startup_timeline" && session.ReportedPlayer is null) session.ReportedPlayer = PlayerClassifier.Of(TextOf(body, "player"), null);
        events.Write(new ClientEvent(name, body, correlation) { Status = EventStatus.Success, Path = session.Entry.Path });
    }

    private static StartParts PartsOf(JsonElement body) => new(
        Milliseconds(body, "createLatencyMs")?.TotalMilliseconds,
        Milliseconds(body, "createToManifestMs")?.TotalMilliseconds,
        Milliseconds(body, "manifestToFirstChunkMs")?.TotalMilliseconds,
        Milliseconds(body, "firstChunkToAudibleMs")?.TotalMilliseconds,
        Milliseconds(body, "totalToAudibleMs")?.TotalMilliseconds);

    // A failed start-up has a duration as well, which must not count as a start-up time.
    private static bool IsAudible(JsonElement body) =>
        !body.TryGetProperty("outcome", out var outcome) || (outcome.ValueKind == JsonValueKind.String && outcome.ValueEquals("audible"));

    private static bool HasSpentItsTries(JsonElement body) =>
        body.TryGetProperty("retryBudgetRemaining", out var left) && left.ValueKind == JsonValueKind.Number && left.TryGetDouble(out var tries) && tries <= 0;

    // A client's text becomes a label only if it is one of the known values.
    private static string StageOf(JsonElement body) => TextOf(body, "stage") switch
    {
        "session_create" => "session_create",
        "manifest" => "manifest",
        "segment" => "segment",
        _ => "playback",
    };

    private static string OutcomeOf(JsonElement body) => TextOf(body, "outcome") switch
    {
        "playback_error" => "playback_error",
        "unexpected_stop" => "unexpected_stop",
        "startup_timeout" => "startup_timeout",
        _ => "other",
    };

    private static string? TextOf(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static TimeSpan? Milliseconds(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var ms) && ms is >= 0 and <= LongestMs
            ? TimeSpan.FromMilliseconds(ms)
            : null;
}

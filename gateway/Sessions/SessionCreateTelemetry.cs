using Gateway.Access;
using Gateway.Problems;
using Gateway.Sessions.Api;
using Gateway.Sessions.Registry;
using Gateway.Telemetry.Events;

namespace Gateway.Sessions;

/// <summary>Books of session creates: one event and one count for each, however it ends.</summary>
internal sealed class SessionCreateTelemetry(SessionMetrics metrics, EventLog events, SessionsOptions options, TimeProvider time)
{
    private readonly SessionMetrics _metrics = metrics;
    private readonly EventLog _events = events;
    private readonly SessionsOptions _options = options;
    private readonly TimeProvider _time = time;

    public Entry Begin(HttpContext context) => new(this, context, _time.GetTimestamp());

    public SessionParameters OrderOf(CreateSessionRequest request, AccessGrant grant) => new()
    {
        MediaId = request.MediaId,
        Engine = request.Engine ?? _options.DefaultEngine,
        Quality = request.Quality,
        GroupId = request.GroupId,
        DeviceId = request.DeviceId,
        StartPositionSec = request.StartPositionSec,
        Prewarmed = request.Prewarm,
        MaxStreams = grant.MaxStreams,
        MaxKbps = grant.MaxKbps,
        Media = grant.Media,
    };

    /// <summary>One create, from its beginning to its end.</summary>
    internal sealed class Entry(SessionCreateTelemetry telemetry, HttpContext context, long started)
    {
        private CreateSessionRequest? _request;

        public void About(CreateSessionRequest request) => _request = request;

        public Task RefuseAsync(ProblemCode code, ProblemNotes? notes = null)
        {
            var row = ProblemTable.Of(code);

            // A node that drains and an asset that is being made refuse by rule: nothing is broken, and the client knows when to come again.
            var byRule = row.Status < 500 || code is ProblemCode.Draining or ProblemCode.AssetNotReady;
            Count(row.Reason, byRule ? EventStatus.Reject : EventStatus.Error);
            return ProblemDocument.WriteAsync(context, code, notes);
        }

        public void Refused(string reason) => Count(reason, EventStatus.Reject);

        public void Opened(SessionState session)
        {
            telemetry._metrics.CreateEnded(OpenVerdict.Opened);
            Tell(EventStatus.Success, session, null);
        }

        private void Count(string reason, EventStatus status)
        {
            telemetry._metrics.Created(reason);
            Tell(status, null, reason);
        }

        private void Tell(EventStatus status, SessionState? session, string? reason)
        {
            if (!telemetry._events.Enabled) return;
            var correlation = Correlation.From(context.Request.Headers, session?.Id.ToString("N"));
            telemetry._events.Write(new SessionCreateEvent(status, telemetry._time.GetElapsedTime(started), correlation)
            {
                SourceType = "library",
                Quality = _request is null ? null : CreateSessionRequest.Label(_request.Quality),
                Engine = _request is null ? null : SessionMetrics.Label(_request.Engine ?? telemetry._options.DefaultEngine),
                Reason = reason,
            });
        }
    }
}

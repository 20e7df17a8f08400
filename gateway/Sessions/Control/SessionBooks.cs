using Gateway.Access;
using Gateway.Problems;
using Gateway.Telemetry.Events;

namespace Gateway.Sessions.Control;

/// <summary>Books of session creates: one event and one count for each, however it ends.</summary>
internal sealed class SessionBooks(SessionMetrics metrics, EventLog events, SessionsOptions options, TimeProvider time)
{
    private readonly SessionMetrics _metrics = metrics;
    private readonly EventLog _events = events;
    private readonly SessionsOptions _options = options;
    private readonly TimeProvider _time = time;

    public Entry Begin(HttpContext context) => new(this, context, _time.GetTimestamp());

    public SessionOrder OrderOf(SessionWish wish, AccessGrant grant) => new()
    {
        MediaId = wish.MediaId,
        Engine = wish.Engine ?? _options.DefaultEngine,
        Quality = wish.Quality,
        GroupId = wish.GroupId,
        DeviceId = wish.DeviceId,
        StartPositionSec = wish.StartPositionSec,
        Prewarmed = wish.Prewarm,
        MaxStreams = grant.MaxStreams,
        MaxKbps = grant.MaxKbps,
        Media = grant.Media,
    };

    /// <summary>One create, from its beginning to its end.</summary>
    internal sealed class Entry(SessionBooks books, HttpContext context, long started)
    {
        private SessionWish? _wish;

        public void About(SessionWish wish) => _wish = wish;

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
            books._metrics.Wished(OpenVerdict.Opened);
            Tell(EventStatus.Success, session, null);
        }

        private void Count(string reason, EventStatus status)
        {
            books._metrics.Created(reason);
            Tell(status, null, reason);
        }

        private void Tell(EventStatus status, SessionState? session, string? reason)
        {
            if (!books._events.Enabled) return;
            var correlation = Correlation.From(context.Request.Headers, session?.Id.ToString("N"));
            books._events.Write(new SessionCreateEvent(status, books._time.GetElapsedTime(started), correlation)
            {
                SourceType = "library",
                Quality = _wish is null ? null : SessionWish.Word(_wish.Quality),
                Engine = _wish is null ? null : SessionMetrics.Word(_wish.Engine ?? books._options.DefaultEngine),
                Reason = reason,
            });
        }
    }
}

using Gateway.Problems;
using Gateway.Rollout.Cohorts;
using Gateway.Rollout.Watching;
using Gateway.Sessions.Quality;
using Gateway.Sessions.Registry;
using Gateway.Telemetry.Events;

namespace Gateway.Sessions.Api;

/// <summary>One <c>POST /api/v1/playback/sessions</c> from its arrival to its answer: whichever ending is told here first counts once and writes one <c>session.create</c>.</summary>
internal sealed class CreateAttempt(HttpContext context, SessionTelemetry telemetry, SessionOutcomes outcomes)
{
    private readonly long _started = telemetry.Timestamp;
    private CreateSessionRequest? _request;
    private EngineDecision _decision;
    private RolloutViewer _viewer;

    /// <summary>What is asked for, once the body is read, and what is recommended.</summary>
    public void About(CreateSessionRequest request, EngineDecision decision, RolloutViewer viewer)
    {
        _request = request;
        _decision = decision;
        _viewer = viewer;
    }

    /// <summary>Counts the refusal and answers with the problem.</summary>
    public Task RefuseAsync(ProblemCode code, ProblemNotes? notes = null)
    {
        var row = ProblemTable.Of(code);

        // A node that drains and an asset that is being made refuse by rule: nothing is broken, and the client knows when to come again.
        var byRule = row.Status < 500 || code is ProblemCode.Draining or ProblemCode.AssetNotReady;
        if (IsChosenHere) outcomes.Refused(_decision, _viewer, failed: !byRule);
        telemetry.CreateRefused(Event(byRule ? EventStatus.Reject : EventStatus.Error, null, row.Reason));
        return ProblemDocument.WriteAsync(context, code, notes);
    }

    /// <summary>Counts a refusal that was answered elsewhere.</summary>
    public void Refused(string reason) => telemetry.CreateRefused(Event(EventStatus.Reject, null, reason));

    public void Opened(SessionState session)
    {
        if (IsChosenHere) outcomes.Opened(_decision, _viewer, session);
        telemetry.CreateSucceeded(Event(EventStatus.Success, session, null));
    }

    /// <summary>Whether the gateway has chosen the engine; what a client names says nothing of the roll-out.</summary>
    private bool IsChosenHere => _request is { Engine: null };

    private SessionCreateEvent Event(EventStatus status, SessionState? session, string? reason) =>
        new(status, telemetry.Since(_started), Correlation.From(context.Request.Headers, session?.Id.ToString("N")))
        {
            Path = session?.Entry.Path,
            SourceType = SessionSnapshots.SourceTypeOf(_request?.Source),
            Quality = _request is null ? null : CreateSessionRequest.Label(_request.Quality),
            Engine = _request is null ? null : SessionMetrics.Label(session?.Parameters.Engine ?? _request.Engine ?? _decision.Engine),
            Reason = reason,
        };
}

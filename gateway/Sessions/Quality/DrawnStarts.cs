using Gateway.Rollout.Cohorts;
using Gateway.Sessions.Registry;

namespace Gateway.Sessions.Quality;

/// <summary>
/// Tells the roll-out of sessions that begin with their URL and follow the engine that was drawn for their page. All others have named their engine by the URL, as a create may, and are on no side.
/// </summary>
internal sealed class DrawnStarts(SessionDrafts drafts, SessionOutcomes outcomes) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        drafts.Ended += Ended;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        drafts.Ended -= Ended;
        return Task.CompletedTask;
    }

    private void Ended(SessionDraft draft)
    {
        var session = draft.Session;
        var parameters = session.Parameters;
        if (parameters.Arm == RolloutArm.None) return;
        var decision = new EngineDecision(parameters.Engine, parameters.Arm, parameters.Wave);
        if (draft.IsOpen) outcomes.Opened(decision, SessionOutcomes.ViewerOf(session), session);
        // Whoever left, or asked for what is not there, says nothing of the engine.
        else if (draft.HasFailed) outcomes.Refused(decision, SessionOutcomes.ViewerOf(session), failed: true);
    }
}

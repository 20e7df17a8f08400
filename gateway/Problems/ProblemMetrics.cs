using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Gateway.Problems;

/// <summary>Instruments of the meter <c>Gateway.Problems</c>. Stages and reasons are the closed sets of <see cref="StartupStage"/> and <see cref="ProblemTable"/>.</summary>
internal sealed class ProblemMetrics
{
    private readonly Counter<long> _startFailures;

    public ProblemMetrics(IMeterFactory meters) => _startFailures = meters.Create("Gateway.Problems")
        .CreateCounter<long>("gateway.startup.failures", description: "Requests on the way to the first frame that ended in a problem.");

    public void StartFailed(StartupStage stage, string reason) =>
        _startFailures.Add(1, new TagList { { "stage", StartupStages.NameOf(stage) }, { "reason", reason } });
}

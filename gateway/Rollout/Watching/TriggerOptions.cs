using System.ComponentModel.DataAnnotations;
using Gateway.Rollout.Control;
using Gateway.Rollout.Judging;

namespace Gateway.Rollout.Watching;

/// <summary>
/// Knobs of the section <c>Gateway:Rollout:Triggers</c>: absolute limits over a rolling minute, of sessions whose engine the gateway has chosen. Failures to create and to hand off have to be over their
/// limit in three looks in a row; the other two revert at the first. Everything of them together takes less than ten seconds.
/// </summary>
internal sealed class TriggerOptions
{
    /// <summary>How often is looked.</summary>
    [Range(typeof(TimeSpan), "00:00:00.200", "00:01:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Share of creates that may fail by no fault of the client; twice a recorded baseline is allowed in any case.</summary>
    [Range(0.0, 1.0)]
    public double CreateFailures { get; set; } = 0.02;

    /// <summary>Share of handoffs that may fail; one and a half times a recorded baseline is allowed in any case.</summary>
    [Range(0.0, 1.0)]
    public double HandoffFailures { get; set; } = 0.01;

    /// <summary>Share of manifest and segment requests that may fail.</summary>
    [Range(0.0, 1.0)]
    public double FetchFailures { get; set; } = 0.01;

    /// <summary>Share of active sessions that a controlled deploy may interrupt; more takes back the last stage only.</summary>
    [Range(0.0, 1.0)]
    public double Interruptions { get; set; } = 0.005;

    /// <summary>With fewer events in the minute nothing is judged.</summary>
    [Range(1, 1_000_000)]
    public int MinEvents { get; set; } = 50;

    /// <summary>
    /// Viewers that failures of a kind must have met before they revert: one broken title, one line or one client that does it on purpose is not the roll-out. A viewer is a named user, or all viewers
    /// without a name of one network (IPv4 /24, IPv6 /48). A test system that is used from one address sets 1.
    /// </summary>
    [Range(1, TriggerWindow.MostViewers)]
    public int MinViewers { get; set; } = 5;

    /// <summary>Creates, handoffs and interruptions that one viewer contributes in a minute on one gateway; of manifests and segments ten times as many. What comes beyond is not counted, whatever became of it.</summary>
    [Range(1, 1_000_000)]
    public int EventsPerViewer { get; set; } = 20;

    public TriggerLimits Limits(RolloutState state) => new()
    {
        CreateFailureRate = CreateFailures,
        CreateFailureBaseline = state.BaselineCreateFailures,
        HandoffFailureRate = HandoffFailures,
        HandoffFailureBaseline = state.BaselineHandoffFailures,
        FetchFailureRate = FetchFailures,
        InterruptionRate = Interruptions,
        MinEvents = MinEvents,
        MinViewers = MinViewers,
    };
}

using Gateway.Load.Pacing;

namespace Gateway.Load.Scenarios;

/// <summary>What a copy of a scenario made of steps may use.</summary>
/// <param name="invocation">Ordinal of the copy within its scenario, from 0.</param>
/// <param name="intendedStart">When the copy was to begin by plan: the first step's time counts from there.</param>
/// <param name="client">Its address is the target's.</param>
/// <param name="recorder">Takes what steps measured.</param>
/// <param name="random">The copy's own numbers.</param>
/// <param name="stop">Cancelled at the end of the run.</param>
internal sealed class ScenarioContext(
    long invocation, TimeSpan intendedStart, HttpClient client, StepRecorder recorder, SeededRandom random, CancellationToken stop)
{
    private TimeSpan? _intended = intendedStart;

    public long Invocation => invocation;

    public HttpClient Client => client;

    public SeededRandom Random => random;

    public CancellationToken Stop => stop;

    /// <summary>Waits by the run's clock.</summary>
    public Task PauseAsync(TimeSpan duration) => recorder.PauseAsync(duration, stop);

    /// <summary>Now, by the run's clock.</summary>
    public TimeSpan Now => recorder.Now;

    /// <summary>
    /// Waits for a moment of the run's clock, which may be over. The next step's time counts from there, whatever the ones before took: of what is to happen at even
    /// distances nothing is left out because the system stood still.
    /// </summary>
    public async Task PauseUntilAsync(TimeSpan due)
    {
        if (due > Now) await PauseAsync(due - Now);
        _intended = due;
    }

    /// <summary>Adds to a metric of the test's own; the report and thresholds know it as <c>metric.name</c>.</summary>
    public void Count(string metric, double amount = 1) => recorder.Count(metric, amount);

    /// <summary>When the next step was to begin: by plan for the first and after <see cref="PauseUntilAsync"/>, now for every other.</summary>
    internal TimeSpan TakeIntendedStart()
    {
        var begin = _intended ?? recorder.Now;
        _intended = null;
        return begin;
    }

    internal StepRecorder Recorder => recorder;
}

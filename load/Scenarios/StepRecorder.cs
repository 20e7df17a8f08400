using Gateway.Load.Links;
using Gateway.Load.Reports;

namespace Gateway.Load.Scenarios;

/// <summary>Takes what the steps of one scenario measured, from whichever thread they end on.</summary>
/// <param name="scenario">Prefix of the steps' names in the report.</param>
/// <param name="loop">The run's clock.</param>
/// <param name="time">Waits by the same clock.</param>
internal sealed class StepRecorder(string scenario, EventLoop loop, TimeProvider time)
{
    private const int MostNames = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, RequestFigures> _steps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _metrics = new(StringComparer.Ordinal);

    public TimeSpan Now => loop.Now;

    public Task PauseAsync(TimeSpan duration, CancellationToken stop) => Task.Delay(duration, time, stop);

    public void Record(string step, TimeSpan begin, Response response)
    {
        var took = Now - begin;
        lock (_lock)
        {
            if (!_steps.TryGetValue(step, out var figures))
            {
                // Names are the test's own, so there are few; one made of a counter by mistake must not fill the memory.
                if (_steps.Count == MostNames) throw new InvalidOperationException($"Scenario '{scenario}' has more than {MostNames} step names.");
                _steps.Add(step, figures = new RequestFigures($"{scenario}.{step}"));
            }

            figures.Record(took, null, response.IsError, response.StatusCode, response.SizeBytes);
        }
    }

    public void Count(string metric, double amount)
    {
        lock (_lock)
        {
            if (!_metrics.ContainsKey(metric) && _metrics.Count == MostNames) throw new InvalidOperationException($"Scenario '{scenario}' has more than {MostNames} metrics.");
            _metrics[metric] = _metrics.GetValueOrDefault(metric) + amount;
        }
    }

    /// <summary>The steps so far; after the run's end, since what is read may still change before.</summary>
    public IReadOnlyList<RequestFigures> Steps
    {
        get
        {
            lock (_lock) return [.. _steps.Values];
        }
    }

    public IReadOnlyDictionary<string, double> Metrics
    {
        get
        {
            lock (_lock) return new Dictionary<string, double>(_metrics, StringComparer.Ordinal);
        }
    }
}

using System.Diagnostics.Metrics;
using Gateway.Rollout;
using Gateway.Rollout.Judging;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Rollout;

public sealed class RolloutMetricsTests
{
    /// <summary>Half of the sessions were to be on either side.</summary>
    [Theory]
    [InlineData(500, 500, 0)]
    [InlineData(500, 300, 1)]
    [InlineData(3, 0, 0)]
    public void SampleRatioMismatch_OfAWave_TellsWhetherTheSharesAreKept(long treatment, long control, int expected)
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var metrics = new RolloutMetrics(services.GetRequiredService<IMeterFactory>());
        var seen = new List<int>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "gateway.rollout.sample_ratio_mismatch" && ReferenceEquals(instrument.Meter.Scope, services.GetService<IMeterFactory>())) self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((_, value, _, _) => seen.Add(value));
        listener.Start();

        listener.RecordObservableInstruments();
        var state = new JudgeState(1);
        state.Treatment.Sessions = treatment;
        state.Control.Sessions = control;
        metrics.Comparison = () => (state, Judge.Of(new JudgePlan { Share = 0.5 }, state));
        listener.RecordObservableInstruments();

        Assert.Equal([0, expected], seen);
    }
}

using System.Diagnostics.Metrics;
using Gateway.Adaptation;
using Gateway.Sessions;
using Gateway.Telemetry;
using Gateway.Telemetry.Events;
using Gateway.Tests.Sessions.Registry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Gateway.Tests.Sessions.Api;

/// <summary>How far one client's reports can change the gateway's metrics.</summary>
public sealed class ReportLimitTests : RegistryFixture
{
    [Fact]
    public void Starts_AreNoLongerThanTheirSession_AndNoMoreThanAPlayerHas()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        var telemetry = new SessionTelemetry(new SessionMetrics(meters), new AdaptationMetrics(meters), new EventLog(Options.Create(new TelemetryOptions { Events = EventDestination.Off }), _time, new TelemetryMetrics(meters)), _time);
        var session = Find("user", "player");
        var starts = new List<double>();
        var failures = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (instrument.Name is "gateway.startup" or "gateway.startup.failures" && ReferenceEquals(instrument.Meter.Scope, meters)) listening.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => starts.Add(value));
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => failures += value);
        listener.Start();

        _time.Advance(TimeSpan.FromSeconds(10));
        telemetry.Started(session, TimeSpan.FromSeconds(0.85));
        telemetry.Started(session, TimeSpan.FromHours(1));
        for (var i = 0; i < 1000; i++) telemetry.StartFailed(session, "manifest", "retry_exhausted");
        for (var i = 0; i < 1000; i++) telemetry.Started(session, TimeSpan.Zero);

        Assert.Equal(0.85, starts[0]);
        Assert.Equal(40, starts[1], 3);
        Assert.Equal(2, starts.Count);
        Assert.Equal(6, failures);
    }
}

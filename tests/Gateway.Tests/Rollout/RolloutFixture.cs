using System.Diagnostics.Metrics;
using Gateway.Rollout;
using Gateway.Rollout.Control;
using Gateway.Rollout.Store;
using Gateway.Telemetry;
using Gateway.Telemetry.Events;
using Gateway.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Gateway.Tests.Rollout;

/// <summary>One node's roll-out with a clock of the test's.</summary>
public abstract class RolloutFixture : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    protected ManualTimeProvider Time { get; } = new();

    public virtual void Dispose()
    {
        _services.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected RolloutControl New(RolloutStore? store = null, RolloutOptions? options = null)
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        var events = new EventLog(Options.Create(new TelemetryOptions { Events = EventDestination.Off }), Time, new TelemetryMetrics(meters));
        return new RolloutControl(options ?? new RolloutOptions(), new RolloutMetrics(meters), events, Time, NullLogger<RolloutControl>.Instance, store);
    }
}

using System.Diagnostics.Metrics;
using Gateway.Rollout;
using Gateway.Rollout.Control;
using Gateway.Rollout.Store;
using Gateway.Rollout.Watching;
using Gateway.Telemetry;
using Gateway.Telemetry.Events;
using Gateway.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Gateway.Tests.Rollout;

/// <summary>What happens at once to one node's roll-out.</summary>
public sealed class RolloutControlTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    // Never connected to: what the store says is said by the tests.
    private readonly NpgsqlDataSource _database = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1");

    public void Dispose()
    {
        _database.Dispose();
        _services.Dispose();
    }

    /// <summary>The turn with the store may come in the moment between a reversion and its end.</summary>
    [Fact]
    public void Reversion_WhileTheStoreIsRead_IsNotTakenBack()
    {
        var control = New(new RolloutStore(_database, static _ => Task.CompletedTask, TimeSpan.FromSeconds(1)));
        var stored = control.Current with { Stage = 2 };
        control.Learn(stored, control.Current);
        control.Changed = _ => control.Learn(stored, control.Current);
        control.Revert(Why(stored));
        Assert.True(control.IsReverted);
    }

    /// <summary>Of two changes at once the first may be told last.</summary>
    [Fact]
    public void Change_ToldAfterALaterOne_LeavesTheCountsAtThePresentWave()
    {
        var control = New(null);
        var counts = new WaveCounts(control);
        var late = control.Current with { Wave = 7 };
        control.Revert(Why(control.Current));
        control.Changed!(late);
        Assert.Equal(control.Current.Wave, counts.Snapshot().Wave);
    }

    private Reversion Why(RolloutState state) => new() { Trigger = "fetch", At = _time.GetUtcNow(), Stage = state.Stage, DecidedOn = state.Wave };

    private RolloutControl New(RolloutStore? store)
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        var events = new EventLog(Options.Create(new TelemetryOptions { Events = EventDestination.Off }), _time, new TelemetryMetrics(meters));
        return new RolloutControl(new RolloutOptions(), new RolloutMetrics(meters), events, _time, NullLogger<RolloutControl>.Instance, store);
    }
}

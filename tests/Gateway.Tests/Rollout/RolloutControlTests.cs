using Gateway.Rollout.Control;
using Gateway.Rollout.Store;
using Gateway.Rollout.Watching;
using Npgsql;

namespace Gateway.Tests.Rollout;

/// <summary>What happens at once to one node's roll-out.</summary>
public sealed class RolloutControlTests : RolloutFixture
{

    // Never connected to: what the store says is said by the tests.
    private readonly NpgsqlDataSource _database = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1");

    public override void Dispose()
    {
        _database.Dispose();
        base.Dispose();
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

    private Reversion Why(RolloutState state) => new() { Trigger = "fetch", At = Time.GetUtcNow(), Stage = state.Stage, DecidedOn = state.Wave };
}

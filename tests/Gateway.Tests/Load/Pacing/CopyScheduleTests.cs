using Gateway.Load.Pacing;

namespace Gateway.Tests.Load.Pacing;

public sealed class CopyScheduleTests
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    private readonly CopySchedule _schedule = new(
        [LoadSimulation.RampingConstant(60, s_minute), LoadSimulation.KeepConstant(60, s_minute), LoadSimulation.RampingConstant(30, s_minute), LoadSimulation.Pause(s_minute)]);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.99, 0)]
    [InlineData(1, 1)]
    [InlineData(30, 30)]
    [InlineData(60, 60)]
    [InlineData(119.9, 60)]
    [InlineData(150, 45)]
    [InlineData(180, 0)]
    [InlineData(240, 0)]
    public void WantedAt_AlongTheRun_FollowsThePhases(double seconds, int wanted) => Assert.Equal(wanted, _schedule.WantedAt(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void NextStart_WhileRamping_IsTheMomentOfTheNextCopy()
    {
        Assert.Equal(1, _schedule.NextStart(TimeSpan.Zero, 0)!.Value.TotalSeconds, 3);
        Assert.Equal(31, _schedule.NextStart(TimeSpan.FromSeconds(30), 30)!.Value.TotalSeconds, 3);
        Assert.Equal(60, _schedule.Most);
    }

    [Fact]
    public void NextStart_WithCopiesMissing_IsNow() => Assert.Equal(TimeSpan.FromSeconds(90), _schedule.NextStart(TimeSpan.FromSeconds(90), 59));

    [Fact]
    public void NextStart_WithAllThere_NeverComes() => Assert.Null(_schedule.NextStart(TimeSpan.FromSeconds(90), 60));

    [Fact]
    public void NextStop_WhileRampingDown_IsTheMomentOfTheNextLeaver()
    {
        var stop = _schedule.NextStop(TimeSpan.FromSeconds(90), 60);
        Assert.InRange(stop.TotalSeconds, 120, 120.01);
        Assert.True(_schedule.WantedAt(stop) < 60);
        Assert.Equal(180, _schedule.NextStop(TimeSpan.FromSeconds(90), 20).TotalSeconds, 3);
    }

    [Fact]
    public void NextStart_LookedAtLate_NamesEachMomentInTurn()
    {
        // Somebody who starts copies as they fall due has as many as are wanted, at any time.
        var started = 0;
        for (var at = _schedule.NextStart(TimeSpan.Zero, 0); at is { } due; at = _schedule.NextStart(due, started))
        {
            started++;
            Assert.Equal(started, _schedule.WantedAt(due));
        }

        Assert.Equal(60, started);
    }
}

using Gateway.Load.Links;
using Gateway.Load.Pacing;
using Gateway.Load.Scenarios;

namespace Gateway.Tests.Load.Scenarios;

public sealed class CopyDriverTests
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    private readonly List<TimeSpan> _intended = [];
    private readonly List<long> _stopped = [];

    [Fact]
    public void Ramp_LookedAtTenSecondsLate_NamesTheMomentsOfThePlan()
    {
        var loop = new SteppingLoop();
        Drive(loop, LoadSimulation.RampingConstant(60, s_minute), LoadSimulation.KeepConstant(60, s_minute));
        loop.MoveTo(TimeSpan.FromSeconds(10.5));
        loop.FireDue();
        Assert.Equal(Enumerable.Range(1, 10).Select(i => (double)i), _intended.Select(t => Math.Round(t.TotalSeconds, 3)));
    }

    [Fact]
    public void Ramp_OnAClockThatRunsWhileItLooks_ComesToItsEnd()
    {
        // A real clock has moved on between two looks at it; a copy that falls due in between must not be the last.
        var loop = new SteppingLoop { Step = TimeSpan.FromMilliseconds(300) };
        Drive(loop, LoadSimulation.RampingConstant(60, s_minute), LoadSimulation.KeepConstant(60, s_minute));
        while (loop.TryMoveToNext()) loop.FireDue();
        Assert.Equal(60, _intended.Count);
        Assert.Equal(60, _stopped.Count);
    }

    [Fact]
    public void Phases_SweptAtOnce_LeaveNobodyRunning()
    {
        var loop = new SteppingLoop();
        Drive(loop, LoadSimulation.KeepConstant(5, s_minute), LoadSimulation.Pause(s_minute), LoadSimulation.KeepConstant(2, s_minute));
        loop.MoveTo(TimeSpan.FromSeconds(150));
        loop.FireDue();
        Assert.Equal([0, 0, 0, 0, 0, 120, 120], _intended.Select(t => t.TotalSeconds));
        Assert.Equal([0L, 1, 2, 3, 4], _stopped);
        loop.MoveTo(TimeSpan.FromSeconds(200));
        loop.FireDue();
        Assert.Equal(7, _stopped.Count);
        Assert.Equal(0, loop.Pending);
    }

    private void Drive(SteppingLoop loop, params LoadSimulation[] phases) =>
        new CopyDriver(loop, new CopySchedule(phases), (_, intended) => _intended.Add(intended), _stopped.Add).Begin();

    /// <summary>A loop whose clock stands where it is put, or moves on by a step at each look.</summary>
    private sealed class SteppingLoop : EventLoop
    {
        private TimeSpan _now;

        public TimeSpan Step { get; init; }

        public override TimeSpan Now => _now += Step;

        public override double Seconds => Now.TotalSeconds;

        public override DateTimeOffset UtcNow => DateTimeOffset.UnixEpoch + Now;

        public override void Post(IScheduled target, long tag) => Schedule(_now, target, tag);

        public void MoveTo(TimeSpan moment) => _now = moment;

        public bool TryMoveToNext()
        {
            if (!TryPeek(out var at)) return false;
            if (at > _now) _now = at;
            return true;
        }

        public void FireDue()
        {
            while (TryPeek(out var at) && at <= _now) FireNext();
        }
    }
}

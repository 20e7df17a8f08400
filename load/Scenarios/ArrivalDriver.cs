using Gateway.Load.Links;
using Gateway.Load.Pacing;

namespace Gateway.Load.Scenarios;

/// <summary>Starts the copies of one scenario's injecting phases when they are due, all that are overdue at once: nobody is left out because the tester was late.</summary>
/// <param name="loop">The clock.</param>
/// <param name="schedule">When who is due.</param>
/// <param name="start">Starts the copy with this ordinal and intended start.</param>
internal sealed class ArrivalDriver(EventLoop loop, ArrivalSchedule schedule, Action<long, TimeSpan> start) : IScheduled
{
    private long _next;

    public void Begin() => ScheduleNext();

    public void Fire(long tag)
    {
        while (_next < schedule.Count && schedule.StartOf(_next) is var due && due <= loop.Now) start(_next++, due);
        ScheduleNext();
    }

    private void ScheduleNext()
    {
        if (_next < schedule.Count) loop.Schedule(schedule.StartOf(_next), this, 0);
    }
}

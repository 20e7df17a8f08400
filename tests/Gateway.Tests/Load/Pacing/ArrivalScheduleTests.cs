using Gateway.Load.Pacing;

namespace Gateway.Tests.Load.Pacing;

public sealed class ArrivalScheduleTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void Inject_TenASecond_ComesEveryTenthOfASecond()
    {
        var schedule = new ArrivalSchedule([LoadSimulation.Inject(10, s_second, s_minute)], 1);
        Assert.Equal(600, schedule.Count);
        Assert.Equal(TimeSpan.Zero, schedule.StartOf(0));
        Assert.Equal(100, schedule.StartOf(1).TotalMilliseconds, 3);
        Assert.Equal(59_900, schedule.StartOf(599).TotalMilliseconds, 3);
    }

    [Fact]
    public void RampingInject_FromNothing_BringsAsManyAsTheAreaBelowTheRamp()
    {
        var schedule = new ArrivalSchedule([LoadSimulation.RampingInject(10, s_second, s_minute)], 1);
        Assert.Equal(300, schedule.Count);
        // 10 t² / 120 arrivals after t: the 75th after half the time.
        Assert.Equal(30, schedule.StartOf(75).TotalSeconds, 3);
        for (var i = 1L; i < schedule.Count; i++) Assert.True(schedule.StartOf(i) > schedule.StartOf(i - 1));
    }

    [Fact]
    public void RampingInject_AfterAnEvenRate_BeginsWithThatRate()
    {
        var schedule = new ArrivalSchedule([LoadSimulation.Inject(10, s_second, s_minute), LoadSimulation.RampingInject(0, s_second, s_minute)], 1);
        Assert.Equal(900, schedule.Count);
        Assert.Equal(0.1, (schedule.StartOf(601) - schedule.StartOf(600)).TotalSeconds, 2);
        Assert.InRange(schedule.StartOf(899), TimeSpan.FromSeconds(110), TimeSpan.FromSeconds(120));
    }

    [Fact]
    public void Pause_BetweenTwoPhases_ShiftsWhatComesAfter()
    {
        var schedule = new ArrivalSchedule([LoadSimulation.Inject(1, s_second, s_minute), LoadSimulation.Pause(s_minute), LoadSimulation.Inject(1, s_second, s_minute)], 1);
        Assert.Equal(120, schedule.Count);
        Assert.Equal(59, schedule.StartOf(59).TotalSeconds, 6);
        Assert.Equal(120, schedule.StartOf(60).TotalSeconds, 6);
        Assert.Equal(TimeSpan.FromMinutes(3), schedule.Duration);
    }

    [Fact]
    public void InjectRandom_OfOneSeed_IsTheSamePlanAgain()
    {
        LoadSimulation[] phases = [LoadSimulation.InjectRandom(2, 20, s_second, s_minute)];
        var first = new ArrivalSchedule(phases, 7);
        var again = new ArrivalSchedule(phases, 7);
        var other = new ArrivalSchedule(phases, 8);
        Assert.InRange(first.Count, 2 * 60, 20 * 60);
        Assert.Equal(Starts(first), Starts(again));
        Assert.NotEqual(Starts(first), Starts(other));
    }

    [Fact]
    public void InjectRandom_OverAnHour_UsesBothEndsOfItsRange()
    {
        var schedule = new ArrivalSchedule([LoadSimulation.InjectRandom(1, 3, s_second, TimeSpan.FromHours(1))], 3);
        var counts = Starts(schedule).GroupBy(t => (int)(t.TotalSeconds + 1e-6)).Select(g => g.Count()).ToArray();
        Assert.Equal([1, 2, 3], counts.Distinct().Order());
        Assert.InRange(schedule.Count, 3600 * 1.9, 3600 * 2.1);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(3)]
    [InlineData(1000.0 / 7)]
    public void Inject_AnyRate_NeverComesBeforeItsTurn(double rate)
    {
        var schedule = new ArrivalSchedule([LoadSimulation.Inject(rate, s_second, s_minute), LoadSimulation.Inject(rate, s_second, s_minute)], 1);
        Assert.Equal((long)Math.Floor((rate * 120) + 1e-6), schedule.Count);
        for (var i = 0L; i < schedule.Count; i++) Assert.Equal(i / rate, schedule.StartOf(i).TotalSeconds, 5);
    }

    [Fact]
    public void StartOf_BeyondTheLast_IsRefused()
    {
        var schedule = new ArrivalSchedule([LoadSimulation.KeepConstant(5, s_minute)], 1);
        Assert.Equal(0, schedule.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => schedule.StartOf(0));
    }

    private static TimeSpan[] Starts(ArrivalSchedule schedule) => [.. Enumerable.Range(0, (int)schedule.Count).Select(i => schedule.StartOf(i))];
}

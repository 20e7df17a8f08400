using Gateway.Load.Pacing;

namespace Gateway.Tests.Load.Pacing;

public sealed class LatenessTests
{
    private readonly Lateness _lateness = new(LatenessLimit.Standard);

    [Fact]
    public void Failure_OfATesterThatKeepsUp_IsNone()
    {
        for (var i = 0; i < 1000; i++)
        {
            _lateness.Started(TimeSpan.FromSeconds(i), TimeSpan.FromSeconds(i) + TimeSpan.FromMilliseconds(i % 100));
            _lateness.Ticked(TimeSpan.FromSeconds(i), TimeSpan.FromSeconds(i) + TimeSpan.FromMilliseconds(3));
        }

        Assert.Null(_lateness.Failure());
    }

    [Fact]
    public void Failure_OfLateStarts_NamesThem()
    {
        for (var i = 0; i < 100; i++) _lateness.Started(TimeSpan.Zero, TimeSpan.FromMilliseconds(i < 98 ? 1 : 900));
        Assert.Matches("^The tester could not keep up: at the 99th percentile players started (89[6-9]|90[0-4]) ms late [(]allowed: 250 ms[)][.]$", _lateness.Failure());
    }

    [Fact]
    public void Failure_OfLateTimers_NamesThem()
    {
        for (var i = 0; i < 100; i++) _lateness.Ticked(TimeSpan.Zero, TimeSpan.FromMilliseconds(400));
        Assert.Contains("timers came 400 ms late", _lateness.Failure(), StringComparison.Ordinal);
    }

    [Fact]
    public void Failure_OfPlayersThatWereNeverStarted_CountsThem()
    {
        _lateness.CouldNotStart();
        Assert.Contains("1 players were due and could not be started", _lateness.Failure(), StringComparison.Ordinal);
    }
}

using Gateway.Load.Links;
using Gateway.Load.Pacing;
using Gateway.Load.Reports;

namespace Gateway.Load.Scenarios;

/// <summary>
/// One run of a test on one event loop, in virtual or in real time: starts copies by plan, has the disturbances happen, measures how late it is itself, and ends what is
/// left when the time is over. Everything but the bodies of step scenarios happens on the loop's thread.
/// </summary>
internal sealed class LoadRun : IScheduled, IDisposable
{
    private const long End = 0;
    private const long Tick = 1;
    private const long Disturb = 2;

    // How late timers come is measured this often: often enough to see a stop of a tenth of a second, rarely enough to cost nothing.
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(100);

    private readonly LoadTest _test;
    private readonly EventLoop _loop;
    private readonly Func<PlannedViewer, Action> _startViewer;
    private readonly Action<Disturbance> _disturb;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<int, Action> _stops = [];
    private readonly Dictionary<int, Action> _whenEnded = [];
    private readonly List<Task> _bodies = [];
    private TimeSpan _tickDue;
    private int _nextIndex;
    private bool _isOver;

    /// <param name="test">What is wanted.</param>
    /// <param name="loop">The clock, and the thread of everything.</param>
    /// <param name="target">Where players go.</param>
    /// <param name="startViewer">Starts a viewer, who tells <see cref="Recorder"/>, and returns what stops it.</param>
    /// <param name="disturb">Has something happen to the system; must not block.</param>
    /// <param name="steps">Client and clock of step scenarios; null where there are none, as in virtual time.</param>
    public LoadRun(LoadTest test, EventLoop loop, RunTarget target, Func<LoadRun, PlannedViewer, Action> startViewer, Action<Disturbance> disturb, (HttpClient Client, TimeProvider Time)? steps)
    {
        _test = test;
        _loop = loop;
        _startViewer = viewer => startViewer(this, viewer);
        _disturb = disturb;
        Recorder = new RunRecorder(test.Duration) { Ended = ViewerEnded };
        foreach (var scenario in test.Scenarios) Prepare(scenario, target, steps);
    }

    public RunRecorder Recorder { get; }

    public Lateness Lateness { get; } = new(LatenessLimit.Standard);

    public List<StepRecorder> Steps { get; } = [];

    /// <summary>Ends when the run is over and everything that it started has ended.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Called on the loop's thread when the run ends, with the number of copies that are still there, before they are ended.</summary>
    public Action<int>? BeforeEnd { get; set; }

    private List<Action> Begins { get; } = [];

    /// <summary>Schedules everything; the loop has to be at its beginning.</summary>
    public void Begin()
    {
        foreach (var begin in Begins) begin();
        for (var i = 0; i < _test.Disturbances.Length; i++) _loop.Schedule(_test.Disturbances[i].At, this, Disturb + i);
        _loop.Schedule(_test.Duration, this, End);
        _loop.Schedule(_tickDue = s_tick, this, Tick);
    }

    /// <summary>Ends it before its time, as when somebody presses Ctrl-C: what was measured so far is reported. From any thread.</summary>
    public void Abort() => _loop.Post(this, End);

    public void Fire(long tag)
    {
        if (_isOver) return;
        switch (tag)
        {
            case End:
                Finish();
                break;
            case Tick:
                Lateness.Ticked(_tickDue, _loop.Now);
                if (_loop.Now - _tickDue > s_tick) Recorder.TesterStood(_tickDue, _loop.Now);
                Recorder.Look(_loop.Now, TimeSpan.FromMicroseconds(Math.Max(Lateness.Starts.ValueAt(0.99), Lateness.Timers.ValueAt(0.99))));
                // Ticks that a stop has swallowed are measured each: all of them would have come late.
                while ((_tickDue += s_tick) <= _loop.Now) Lateness.Ticked(_tickDue, _loop.Now);
                _loop.Schedule(_tickDue, this, Tick);
                break;
            default:
                _disturb(_test.Disturbances[(int)(tag - Disturb)]);
                break;
        }
    }

    /// <summary>Once it has ended.</summary>
    public void Dispose() => _stop.Dispose();

    private void Prepare(Scenario scenario, RunTarget target, (HttpClient Client, TimeProvider Time)? steps)
    {
        Action<long, TimeSpan, Action> start;
        if (scenario.Audience is { } audience)
        {
            var planner = new ViewerPlanner(scenario.Name, audience, _test.Seed, target.Origin, RunTarget.TracesOf(audience), _test.Duration);
            start = (ordinal, intended, ended) => StartViewer(planner, ordinal, intended, ended);
        }
        else
        {
            var (client, time) = steps ?? throw new ArgumentException($"Scenario '{scenario.Name}' is made of steps, which need real time.", nameof(steps));
            var recorder = new StepRecorder(scenario.Name, _loop, time);
            Steps.Add(recorder);
            start = (ordinal, intended, ended) => StartBody(scenario, recorder, client, ordinal, intended, ended);
        }

        var schedule = new ArrivalSchedule(scenario.LoadSimulations, SeededRandom.For((ulong)_test.Seed, 0, scenario.Name + "/rate").Next());
        var arrivals = new ArrivalDriver(_loop, schedule, (ordinal, intended) => start(ordinal, intended, static () => { }));
        Begins.Add(arrivals.Begin);
        var stops = new Dictionary<long, int>();
        CopyDriver? copies = null;
        copies = new CopyDriver(
            _loop,
            new CopySchedule(scenario.LoadSimulations),
            (ordinal, intended) =>
            {
                stops[ordinal] = _nextIndex;
                // Behind those of the injecting phases: who has the same ordinal is the same viewer.
                start(schedule.Count + ordinal, intended, () =>
                {
                    stops.Remove(ordinal);
                    copies!.Ended(ordinal);
                });
            },
            ordinal =>
            {
                if (stops.TryGetValue(ordinal, out var index) && _stops.TryGetValue(index, out var stop)) stop();
            });
        Begins.Add(copies.Begin);
    }

    private void StartViewer(ViewerPlanner planner, long ordinal, TimeSpan intended, Action ended)
    {
        if (_isOver) return;
        var viewer = planner.Draw(_nextIndex++, ordinal, intended);
        Lateness.Started(intended, _loop.Now);
        Recorder.Arrived(viewer.Player.Index, ordinal, intended, viewer.Player.Actions is [.., var leaving] ? leaving.At : viewer.Player.Stay);
        _whenEnded.Add(viewer.Player.Index, ended);
        _stops[viewer.Player.Index] = _startViewer(viewer);
    }

    private void ViewerEnded(int index)
    {
        _stops.Remove(index);
        if (_whenEnded.Remove(index, out var ended) && !_isOver) ended();
    }

    private void StartBody(Scenario scenario, StepRecorder recorder, HttpClient client, long ordinal, TimeSpan intended, Action ended)
    {
        if (_isOver) return;
        Lateness.Started(intended, _loop.Now);
        var index = _nextIndex++;
        // Cancelled on the loop's thread by whoever has it of _stops; so it is disposed there as well, and not by the body, which may end first.
        var stop = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        _stops[index] = stop.Cancel;
        var context = new ScenarioContext(ordinal, intended, client, recorder, SeededRandom.For((ulong)_test.Seed, ordinal, scenario.Name), stop.Token);
        if (_bodies.Count > 10_000) _bodies.RemoveAll(static b => b.IsCompleted);
        _bodies.Add(Task.Run(
            async () =>
            {
                try
                {
                    await scenario.Body!(context);
                }
                catch (OperationCanceledException)
                {
                    // The copy was stopped.
                }
                catch (Exception failure)
                {
                    // Outside of any step: it counts as a failed one of its own, or a body that breaks at once would look like a run without errors.
                    recorder.Record("unhandled", intended, Response.Fail(failure.GetType().Name));
                }
                finally
                {
                    _loop.Post(new Ending(this, index, stop, ended), 0);
                }
            },
            CancellationToken.None));
    }

    private void Finish()
    {
        _isOver = true;
        BeforeEnd?.Invoke(_stops.Count);
        _stop.Cancel();
        foreach (var stop in _stops.Values.ToArray()) stop();
        Recorder.Look(_loop.Now, TimeSpan.FromMicroseconds(Lateness.Timers.ValueAt(0.99)));
        if (_bodies.Count == 0) _ended.TrySetResult();
        else _ = Task.WhenAll(_bodies).ContinueWith(_ => _ended.TrySetResult(), TaskScheduler.Default);
    }

    private sealed class Ending(LoadRun run, int index, CancellationTokenSource stop, Action ended) : IScheduled
    {
        public void Fire(long tag)
        {
            run._stops.Remove(index);
            stop.Dispose();
            if (!run._isOver) ended();
        }
    }
}

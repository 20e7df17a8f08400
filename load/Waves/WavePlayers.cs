using Gateway.Load.Links;
using Gateway.Load.Players;
using Gateway.Load.Players.Titles;

namespace Gateway.Load.Waves;

/// <summary>
/// The players of a wave's segmented sessions: those of the load tester, with the rules by which hls.js, dash.js and shaka-player adapt, in real time. One loop for all of them.
/// </summary>
internal sealed class WavePlayers : IAsyncDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly RealTimeLoop _loop;
    private readonly ManifestLibrary _library;
    private readonly WavePlan _plan;
    private readonly string _target;
    private readonly Task _playing;
    private int _players;

    public WavePlayers(WavePlan plan, Uri target, TimeProvider time)
    {
        _plan = plan;
        _target = target.GetLeftPart(UriPartial.Authority);
        _loop = new RealTimeLoop(time);
        _library = new ManifestLibrary(_target);
        _playing = Task.Run(() => _loop.RunAsync(_over.Token));
    }

    /// <summary>Plays a title: for the plan's time, and not at all where its picture does not come within the plan's patience.</summary>
    /// <param name="title">Path of its playlist in the session.</param>
    /// <param name="invoker">The viewer's connections: its cookies keep it with one version.</param>
    /// <param name="seeks">Positions the viewer goes to in turn, each as patiently as the start; start and seeks share the plan's time evenly.</param>
    public Task<PlayerResult> PlayAsync(string title, HttpMessageInvoker invoker, params TimeSpan[] seeks)
    {
        var plan = new PlayerPlan
        {
            Index = Interlocked.Increment(ref _players) - 1,
            Target = _target,
            Title = title,
            Rules = _plan.Rules,
            Stay = TimeSpan.FromSeconds((_plan.PatienceSec * (1 + seeks.Length)) + _plan.WatchSec),
        };
        var viewing = new Viewing(plan, this, invoker, seeks);
        _loop.Post(viewing, Viewing.Begin);
        return viewing.Ended;
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _playing;
        _loop.Dispose();
        _over.Dispose();
    }

    /// <summary>One of them; on the loop's thread, but for <see cref="Ended"/>. It waits for a picture, watches its part of the time, seeks and waits again.</summary>
    private sealed class Viewing(PlayerPlan plan, WavePlayers all, HttpMessageInvoker invoker, TimeSpan[] seeks) : IScheduled, IPlayerObserver
    {
        public const long Begin = 0;
        private const long Watched = 1;

        /// <summary>And those after it: the patience with one wait is at its end.</summary>
        private const long OutOfPatience = 2;

        private readonly TaskCompletionSource<PlayerResult> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TimeSpan _part = TimeSpan.FromSeconds(all._plan.WatchSec) / (1 + seeks.Length);
        private Player? _player;
        private int _seeks;
        private bool _waits;

        public Task<PlayerResult> Ended => _ended.Task;

        public void Fire(long tag)
        {
            if (_ended.Task.IsCompleted) return;
            switch (tag)
            {
                case Begin:
                    _player = new Player(plan with { IntendedStart = all._loop.Now }, all._loop, new HttpTransport(all._loop, invoker, null), all._library, this);
                    Wait();
                    _player.Start();
                    break;
                case Watched when _seeks < seeks.Length:
                    var position = seeks[_seeks++];
                    Wait();
                    _player!.Act(new ViewerAction(all._loop.Now, ViewerDeed.Seek, position));
                    break;
                case Watched:
                case >= OutOfPatience when _waits && tag == OutOfPatience + _seeks:
                    _player!.Stop();
                    break;
            }
        }

        public void PhaseChanged(int player, PlayerPhase from, PlayerPhase to, TimeSpan at)
        {
            if (to != PlayerPhase.Playing || !_waits) return;
            _waits = false;
            all._loop.Schedule(all._loop.Now + _part, this, Watched);
        }

        public void SegmentLoaded(in SegmentLoad load)
        {
        }

        public void Exchanged(int player, Transfer transfer)
        {
        }

        public void Finished(PlayerResult result) => _ended.TrySetResult(result);

        private void Wait()
        {
            _waits = true;
            all._loop.Schedule(all._loop.Now + TimeSpan.FromSeconds(all._plan.PatienceSec), this, OutOfPatience + _seeks);
        }
    }
}

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

    /// <summary>Plays a title: for the plan's time from the first picture on, and not at all where that does not come within its patience.</summary>
    /// <param name="title">Path of its playlist in the session.</param>
    /// <param name="invoker">The viewer's connections: its cookies keep it with one version.</param>
    /// <param name="deeds">What the viewer does; their moments count from the first picture on.</param>
    public Task<PlayerResult> PlayAsync(string title, HttpMessageInvoker invoker, params ViewerAction[] deeds)
    {
        var plan = new PlayerPlan
        {
            Index = Interlocked.Increment(ref _players) - 1,
            Target = _target,
            Title = title,
            Rules = _plan.Rules,
            Stay = TimeSpan.FromSeconds(_plan.PatienceSec + _plan.WatchSec),
        };
        var viewing = new Viewing(plan, this, invoker, deeds);
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

    /// <summary>One of them; on the loop's thread, but for <see cref="Ended"/>.</summary>
    private sealed class Viewing(PlayerPlan plan, WavePlayers all, HttpMessageInvoker invoker, ViewerAction[] deeds) : IScheduled, IPlayerObserver
    {
        public const long Begin = 0;
        private const long OutOfPatience = 1;
        private const long Watched = 2;
        private const long FirstDeed = 3;

        private readonly TaskCompletionSource<PlayerResult> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Player? _player;
        private bool _hasPlayed;

        public Task<PlayerResult> Ended => _ended.Task;

        public void Fire(long tag)
        {
            switch (tag)
            {
                case Begin:
                    _player = new Player(plan with { IntendedStart = all._loop.Now }, all._loop, new HttpTransport(all._loop, invoker, null), all._library, this);
                    all._loop.Schedule(all._loop.Now + TimeSpan.FromSeconds(all._plan.PatienceSec), this, OutOfPatience);
                    _player.Start();
                    break;
                case Watched or OutOfPatience when !_ended.Task.IsCompleted && (tag == Watched || !_hasPlayed):
                    _player!.Stop();
                    break;
                case >= FirstDeed when !_ended.Task.IsCompleted:
                    _player!.Act(deeds[tag - FirstDeed]);
                    break;
            }
        }

        public void PhaseChanged(int player, PlayerPhase from, PlayerPhase to, TimeSpan at)
        {
            if (to != PlayerPhase.Playing || _hasPlayed) return;
            _hasPlayed = true;
            all._loop.Schedule(all._loop.Now + TimeSpan.FromSeconds(all._plan.WatchSec), this, Watched);
            for (var i = 0; i < deeds.Length; i++) all._loop.Schedule(all._loop.Now + deeds[i].At, this, FirstDeed + i);
        }

        public void SegmentLoaded(in SegmentLoad load)
        {
        }

        public void Exchanged(int player, Transfer transfer)
        {
        }

        public void Finished(PlayerResult result) => _ended.TrySetResult(result);
    }
}

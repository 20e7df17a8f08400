using Gateway.Rollout.Control;
using Gateway.Rollout.Judging;

namespace Gateway.Rollout.Watching;

/// <summary>
/// What this node has counted of the present wave: one outcome for each session whose engine was drawn by lot. A session takes its place when it is opened, before anything is known of how it goes; of a named
/// user the first one counts, of all viewers without a name in one network the first <see cref="RolloutOptions.SessionsPerNetwork"/>. The others are repeats, and not judged.
/// </summary>
/// <remarks>
/// Thread-safe; one lock. An outcome of another wave than the present one is dropped: its comparison is over. Names are remembered up to <see cref="MostNames"/>, and beyond that whoever is new is a repeat, so that
/// no flood of names buys a place. Where gateways share a store, outcomes wait for it to say that no other gateway has counted the name (<see cref="TakeWaiting"/>); of more than <see cref="MostWaiting"/> the rest
/// is counted by what is known here.
/// </remarks>
internal sealed class WaveCounts
{
    public const int MostNames = 2_000_000;
    public const int MostWaiting = 100_000;

    private readonly Lock _lock = new();
    private readonly RolloutControl _control;
    private readonly bool _isShared;
    private readonly HashSet<ulong> _users = [];
    private readonly Dictionary<ulong, int> _networks = [];
    private List<(ulong Name, SessionOutcome Outcome)> _waiting = [];
    private JudgeState _state;

    public WaveCounts(RolloutControl control, bool isShared = false)
    {
        _control = control;
        _isShared = isShared;
        _state = new JudgeState(control.Current.Wave);
        control.Changed += _ =>
        {
            lock (_lock)
            {
                var wave = control.Current.Wave;
                if (_state.Wave == wave) return;
                _state = new JudgeState(wave);
                _users.Clear();
                _networks.Clear();
                _waiting = [];
            }
        };
    }

    /// <summary>A session that was drawn into a wave takes its place.</summary>
    public WavePlace Enter(int wave, in RolloutViewer viewer)
    {
        lock (_lock)
        {
            if (_state.Wave != wave) return new WavePlace(wave, 0, true);
            var isFull = _users.Count + _networks.Count >= MostNames;
            if (viewer.IsNamed) return new WavePlace(wave, viewer.Name, isFull || !_users.Add(viewer.Name));
            var taken = _networks.GetValueOrDefault(viewer.Name);
            if (taken >= _control.Options.SessionsPerNetwork || (taken == 0 && isFull)) return new WavePlace(wave, 0, true);
            _networks[viewer.Name] = taken + 1;
            return new WavePlace(wave, viewer.Place(taken), false);
        }
    }

    /// <summary>How a session went that has a place.</summary>
    public void Add(in WavePlace place, SessionOutcome outcome)
    {
        lock (_lock)
        {
            if (_state.Wave != place.Wave) return;
            if (place.IsRepeat) _state.Add(outcome with { IsRepeat = true });
            else if (_isShared && _waiting.Count < MostWaiting) _waiting.Add((place.Name, outcome));
            else _state.Add(outcome);
        }
    }

    /// <summary>The outcomes of which another gateway might have counted the same name; they have to be settled.</summary>
    public (int Wave, IReadOnlyList<(ulong Name, SessionOutcome Outcome)> Outcomes) TakeWaiting()
    {
        lock (_lock)
        {
            var waiting = _waiting;
            if (waiting.Count > 0) _waiting = [];
            return (_state.Wave, waiting);
        }
    }

    /// <summary>Counts them.</summary>
    /// <param name="wave">Of which wave they are.</param>
    /// <param name="outcomes">From <see cref="TakeWaiting"/>.</param>
    /// <param name="first">The names that nobody had counted; null where the store is away, and each gateway goes by its own.</param>
    public void Settle(int wave, IReadOnlyList<(ulong Name, SessionOutcome Outcome)> outcomes, HashSet<ulong>? first)
    {
        lock (_lock)
        {
            if (_state.Wave != wave) return;
            foreach (var (name, outcome) in outcomes) _state.Add(first is null || first.Contains(name) ? outcome : outcome with { IsRepeat = true });
        }
    }

    /// <summary>A copy.</summary>
    public JudgeState Snapshot()
    {
        lock (_lock)
        {
            var copy = new JudgeState(_state.Wave);
            copy.Merge(_state);
            return copy;
        }
    }
}

using System.Security.Cryptography;
using System.Text;
using Gateway.Rollout.Control;
using Gateway.Rollout.Judging;

namespace Gateway.Rollout.Watching;

/// <summary>
/// What this node has counted of the present wave: one outcome for each session whose engine was drawn by lot.
/// </summary>
/// <remarks>Thread-safe; one lock. An outcome of another wave than the present one is dropped: its comparison is over. Of a user whose session was counted before, the later ones are repeats; users are
/// remembered up to <see cref="MostUsers"/>, and beyond that each counts as new.</remarks>
internal sealed class WaveCounts
{
    public const int MostUsers = 2_000_000;

    private readonly Lock _lock = new();
    private readonly HashSet<ulong> _users = [];
    private JudgeState _state;

    public WaveCounts(RolloutControl control)
    {
        _state = new JudgeState(control.Current.Wave);
        control.Changed += _ =>
        {
            lock (_lock)
            {
                var wave = control.Current.Wave;
                if (_state.Wave == wave) return;
                _state = new JudgeState(wave);
                _users.Clear();
            }
        };
    }

    /// <param name="wave">In which its engine was drawn.</param>
    /// <param name="user">Who; empty for a viewer without a name, who is never known again.</param>
    /// <param name="outcome">How it went.</param>
    public void Add(int wave, string user, SessionOutcome outcome)
    {
        lock (_lock)
        {
            if (_state.Wave != wave) return;
            _state.Add(user.Length > 0 && IsRepeatUnderLock(user) ? outcome with { IsRepeat = true } : outcome);
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

    private bool IsRepeatUnderLock(string user)
    {
        var name = BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(user)));
        if (_users.Contains(name)) return true;
        if (_users.Count < MostUsers) _users.Add(name);
        return false;
    }
}

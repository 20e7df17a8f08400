using Gateway.Rollout.Judging;
using Gateway.Rollout.Watching;

namespace Gateway.Sessions.Quality;

/// <summary>What the roll-out's comparison wants to know of one session, beside its playhead. Thread-safe; one lock covers field work only.</summary>
internal sealed class ObservedSession
{
    private readonly Lock _lock = new();
    private double? _startupMs;
    private bool _startupFailed;
    private bool _timedOut;
    private bool _exhausted;
    private bool _handoffLost;
    private bool _isHandedOff;
    private bool _isHandoffReported;
    private bool _interrupted;
    private TimeSpan _longestStall;
    private TimeSpan _stalled;
    private long _fetches;
    private long _faults;
    private bool _isCounted;
    private WavePlace? _place;

    /// <summary>Its place in the comparison; null for a session that has none, or that was opened on another node.</summary>
    public WavePlace? Place
    {
        get
        {
            lock (_lock) return _place;
        }
    }

    public void Entered(in WavePlace place)
    {
        lock (_lock) _place = place;
    }

    public void Started(TimeSpan took)
    {
        lock (_lock) _startupMs ??= took.TotalMilliseconds;
    }

    public void StartFailed(string reason)
    {
        lock (_lock)
        {
            _startupFailed = true;
            _timedOut |= reason == "startup_timeout";
            _exhausted |= reason == "retry_exhausted";
        }
    }

    /// <summary>A stall of which the player itself has told: only such are known of either engine.</summary>
    public void Stalled(TimeSpan stalled)
    {
        lock (_lock)
        {
            _stalled += stalled;
            if (stalled > _longestStall) _longestStall = stalled;
        }
    }

    /// <summary>A handoff was asked for.</summary>
    public void HandedOff()
    {
        lock (_lock) _isHandedOff = true;
    }

    /// <summary>The player tells that a handoff has failed.</summary>
    /// <param name="isSuccessor">The session came out of one.</param>
    /// <returns>Whether that counts: once, and where there was one.</returns>
    public bool HandoffReported(bool isSuccessor)
    {
        lock (_lock)
        {
            if (_isHandoffReported || !(isSuccessor || _isHandedOff)) return false;
            return _isHandoffReported = true;
        }
    }

    public void LostAtHandoff()
    {
        lock (_lock) _handoffLost = true;
    }

    /// <returns>False when it was known.</returns>
    public bool Interrupted()
    {
        lock (_lock)
        {
            if (_interrupted) return false;
            return _interrupted = true;
        }
    }

    /// <summary>What was fetched since the last call.</summary>
    public (long Fetches, long Faults) TakeFetches(long fetches, long faults)
    {
        lock (_lock)
        {
            var since = (fetches - _fetches, faults - _faults);
            (_fetches, _faults) = (fetches, faults);
            return since;
        }
    }

    /// <summary>How it went so far, once: whoever comes first counts it.</summary>
    /// <param name="arm">Its side.</param>
    /// <param name="age">Time since it was opened; of this, what was no stall counts as played, on both sides alike.</param>
    /// <param name="outcome">How it went.</param>
    public bool TryCount(Arm arm, TimeSpan age, out SessionOutcome outcome)
    {
        lock (_lock)
        {
            var isFirst = !_isCounted;
            _isCounted = true;
            var stalled = _stalled < age ? _stalled : age;
            outcome = new SessionOutcome
            {
                Arm = arm,
                StartupFailed = _startupFailed && _startupMs is null,
                StartupTimedOut = _timedOut && _startupMs is null,
                RetriesExhausted = _exhausted,
                StartupMs = _startupMs,
                LongestStallMs = _longestStall.TotalMilliseconds,
                StallMs = stalled.TotalMilliseconds,
                PlayedMs = (age - stalled).TotalMilliseconds,
                HandoffLost = _handoffLost,
                Interrupted = _interrupted,
            };
            return isFirst;
        }
    }
}

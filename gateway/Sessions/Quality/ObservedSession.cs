using Gateway.Rollout.Judging;

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
    private long _fetches;
    private long _faults;
    private bool _isCounted;

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

    public void Stalled(TimeSpan stalled)
    {
        lock (_lock)
        {
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
    public bool TryCount(Arm arm, in PlayheadSnapshot snapshot, out SessionOutcome outcome)
    {
        lock (_lock)
        {
            var isFirst = !_isCounted;
            _isCounted = true;
            outcome = new SessionOutcome
            {
                Arm = arm,
                StartupFailed = _startupFailed && _startupMs is null,
                StartupTimedOut = _timedOut && _startupMs is null,
                RetriesExhausted = _exhausted,
                StartupMs = _startupMs,
                LongestStallMs = _longestStall.TotalMilliseconds,
                StallMs = snapshot.Stalled.TotalMilliseconds,
                PlayedMs = snapshot.Watched.TotalMilliseconds,
                HandoffLost = _handoffLost,
                Interrupted = _interrupted,
            };
            return isFirst;
        }
    }
}

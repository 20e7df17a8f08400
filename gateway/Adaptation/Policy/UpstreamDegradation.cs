namespace Gateway.Adaptation.Policy;

/// <summary>
/// Lower quality while upstream is in trouble (S1.48), by a ceiling on the rung. (1) One segment error more than <see cref="AdaptationOptions.ErrorsBeforeDowngrade"/> puts it below the rung that failed and begins
/// the count anew. (2) So does the second segment in a row that took most of its own duration only because upstream was slow: a player that takes longer to get media than to play it stalls when its buffer is used up.
/// (3) After a while without either the count is forgotten and the ceiling rises by one rung. Where the trouble comes back soon after that, the next while is twice as long, up to <see cref="MostPatience"/> times.
/// </summary>
/// <remarks>Not safe for several threads; <see cref="SessionAdaptation"/> guards it.</remarks>
/// <param name="errorsBefore">Errors that change nothing yet.</param>
/// <param name="recovery">The while.</param>
internal sealed class UpstreamDegradation(int errorsBefore, TimeSpan recovery)
{
    /// <summary>Of <see cref="Ceiling"/>: there is none.</summary>
    public const int None = int.MaxValue;

    /// <summary>Part of its duration that a segment may wait for upstream. At 1 the buffer no longer grows.</summary>
    private const double SlowShare = 0.75;

    /// <summary>The same of a broadcast's, which may be sent while it is made.</summary>
    private const double SlowLiveShare = 1.25;

    /// <summary>A single late answer is no slow upstream: a busy disk or a lost packet does that, and the next rung below would have been as late.</summary>
    private const int SlowInARow = 2;

    private const int MostPatience = 8;

    private int _errors;
    private int _slow;
    private int _patience = 1;
    private TimeSpan _calmSince;
    private TimeSpan _raisedAt = TimeSpan.MinValue;

    /// <summary>Highest rung that may be taken, from the lowest, 0; <see cref="None"/> while upstream is well.</summary>
    public int Ceiling { get; private set; } = None;

    /// <summary>Why it came down last.</summary>
    public AdaptationReason Reason { get; private set; }

    /// <summary>1. A segment failed.</summary>
    /// <param name="at">When.</param>
    /// <param name="rung">Of which rung; at the lowest the count begins anew and nothing is taken (S1.49).</param>
    /// <returns>Whether the ceiling came down.</returns>
    public bool Failed(TimeSpan at, int rung)
    {
        Recover(at, None);
        _calmSince = at;
        if (++_errors <= errorsBefore) return false;
        _errors = 0;
        return Lower(at, rung, AdaptationReason.SegmentErrors);
    }

    /// <summary>2. A segment was sent, or given up by its client.</summary>
    /// <param name="at">When.</param>
    /// <param name="rung">Of which rung.</param>
    /// <param name="arrival">How.</param>
    /// <returns>Whether the ceiling came down.</returns>
    public bool Arrived(TimeSpan at, int rung, in SegmentArrival arrival)
    {
        // What was asked for before the ceiling came down says nothing new.
        if (rung > Ceiling) return false;
        if (arrival.Duration <= TimeSpan.Zero || arrival.Waited < arrival.Duration * (arrival.IsLive ? SlowLiveShare : SlowShare))
        {
            // Players give segments up for other reasons, too.
            if (!arrival.IsGivenUp) _slow = 0;
            return false;
        }

        Recover(at, None);
        _calmSince = at;
        if (++_slow < SlowInARow) return false;
        _slow = 0;
        return Lower(at, rung, AdaptationReason.SlowUpstream);
    }

    /// <summary>3. Gives back what time has healed.</summary>
    /// <param name="at">When.</param>
    /// <param name="top">Highest rung of the ladder: a ceiling there is none.</param>
    public void Recover(TimeSpan at, int top)
    {
        if (at - _calmSince < recovery * _patience) return;
        _errors = 0;
        if (Ceiling == None) return;
        (_calmSince, _raisedAt) = (at, at);
        if (++Ceiling >= top) Ceiling = None;
    }

    private bool Lower(TimeSpan at, int rung, AdaptationReason reason)
    {
        if (rung <= 0) return false;
        var isBack = _raisedAt != TimeSpan.MinValue && at - _raisedAt < recovery * _patience;
        _patience = isBack ? Math.Min(_patience * 2, MostPatience) : 1;
        (Ceiling, Reason) = (Math.Min(Ceiling, rung) - 1, reason);
        return true;
    }
}

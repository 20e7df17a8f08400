namespace Gateway.Adaptation.Players;

/// <summary>
/// How much media a player holds in front of its playhead: what it says (CMCD <c>bl</c>), played down by the time since; where it says nothing, what was delivered minus the time
/// since it began to play, never below nothing. A player that is silent is taken to play from the first segment on, so the model errs to the low side.
/// </summary>
/// <remarks>Not safe for several threads; <see cref="SessionAdaptation"/> guards it. Moments are by the clock of <see cref="MediaDemand.At"/>.</remarks>
internal sealed class BufferModel
{
    private double _seconds;
    private TimeSpan _at = TimeSpan.MinValue;
    private TimeSpan? _end;

    /// <summary>The player speaks for itself.</summary>
    public bool IsReported { get; private set; }

    /// <summary>Whether anything is known.</summary>
    public bool IsKnown => _at != TimeSpan.MinValue;

    /// <summary>Seconds in the buffer at a moment.</summary>
    public double SecondsAt(TimeSpan at) => IsKnown ? Math.Max(_seconds - Math.Max((at - _at).TotalSeconds, 0), 0) : 0;

    /// <summary>The player told how much it holds.</summary>
    public void Reported(TimeSpan at, int milliseconds)
    {
        (_seconds, _at, IsReported) = (milliseconds / 1000.0, at, true);
    }

    /// <summary>A segment of the main track is asked for.</summary>
    public void Asked(TimeSpan at, TimeSpan? start)
    {
        // What does not follow the segment before it comes after a seek, and finds an empty buffer.
        if (!IsReported && start is { } begin && _end is { } end && (begin - end).Duration() > TimeSpan.FromSeconds(1)) (_seconds, _at) = (0, at);
        if (!IsKnown) _at = at;
    }

    /// <summary>A segment of the main track came whole.</summary>
    public void Delivered(TimeSpan at, TimeSpan? start, TimeSpan duration)
    {
        (_seconds, _at) = (SecondsAt(at) + duration.TotalSeconds, at);
        _end = start + duration;
    }
}

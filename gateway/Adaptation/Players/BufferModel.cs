namespace Gateway.Adaptation.Players;

/// <summary>
/// How much media a player holds in front of its playhead: what it says (CMCD <c>bl</c>), played down by the time since; where it says nothing, what was delivered minus the time
/// since it began to play, never below nothing. A player that is silent is taken to play from the first segment on, so the model errs to the low side.
/// </summary>
/// <remarks>Not safe for several threads; <see cref="SessionAdaptation"/> guards it. Moments are by the clock of <see cref="MediaDemand.At"/>.</remarks>
internal sealed class BufferModel
{
    /// <summary>A player with less than that in its buffer does not rest because it has enough.</summary>
    private const double LeastLimit = 3;

    private static readonly TimeSpan s_gap = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_idle = TimeSpan.FromMilliseconds(400);

    private double _seconds;
    private TimeSpan _delivered;
    private TimeSpan _at = TimeSpan.MinValue;
    private TimeSpan? _end;
    private TimeSpan? _askedEnd;

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

    /// <summary>Most that the player was seen to hold when it left the line idle; null = it never did.</summary>
    public double? Limit { get; private set; }

    /// <summary>A segment of the main track is asked for.</summary>
    /// <param name="at">When.</param>
    /// <param name="start">Where it begins; null = not known.</param>
    /// <param name="duration">How long it plays.</param>
    public void Asked(TimeSpan at, TimeSpan? start, TimeSpan duration = default)
    {
        if (!IsKnown) _at = at;
        if (start is not { } begin) return;
        var asked = _askedEnd;
        _askedEnd = begin + duration;
        if (_end is not { } end) return;
        var held = SecondsAt(at);

        // Some players (ffmpeg, mpv) ask for the next before they have the one before.
        var next = asked > end ? asked.Value : end;

        // What lies neither in the buffer nor right behind it comes after a seek. What lies in it is loaded again, in a better quality, and the old stays until then.
        if (!IsReported && (begin - next > s_gap || begin < end - TimeSpan.FromSeconds(held) - s_gap)) (_seconds, _at, _end) = (0, at, begin);
        else if (at - _delivered > s_idle && held > LeastLimit) Limit = held;
    }

    /// <summary>A segment of the main track came whole.</summary>
    public void Delivered(TimeSpan at, TimeSpan? start, TimeSpan duration)
    {
        var held = SecondsAt(at);
        var added = duration;
        if (start is { } begin && _end is { } end) added = TimeSpan.FromTicks(Math.Clamp((begin + duration - end).Ticks, 0, duration.Ticks));
        (_seconds, _at, _delivered) = (held + added.TotalSeconds, at, at);
        _end = start is { } from && (_end is not { } last || from + duration > last) ? from + duration : _end;
    }
}

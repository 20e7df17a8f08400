namespace Gateway.Adaptation.Serving;

/// <summary>
/// Which rung each of the last segments of the rendition <c>auto</c> was answered with. A player that asks for one again (a broken connection, a second try) gets the same bytes, else the two halves would not fit.
/// </summary>
/// <remarks>Not safe for several threads; <see cref="AdaptedSession"/> guards it.</remarks>
internal sealed class SegmentChoices
{
    private const int Held = 16;

    private readonly long[] _numbers = new long[Held];
    private readonly int[] _rungs = new int[Held];
    private int _next;

    public SegmentChoices() => Array.Fill(_numbers, long.MinValue);

    /// <summary>The rung with which it was answered; -1 for one that was not asked for of late.</summary>
    public int Find(long number)
    {
        var at = Array.IndexOf(_numbers, number);
        return at < 0 ? -1 : _rungs[at];
    }

    public void Keep(long number, int rung)
    {
        _numbers[_next] = number;
        _rungs[_next] = rung;
        _next = (_next + 1) % Held;
    }

    /// <summary>It is answered with another one.</summary>
    public void Replace(long number, int rung)
    {
        if (Array.IndexOf(_numbers, number) is >= 0 and var at) _rungs[at] = rung;
    }

    /// <summary>Another ladder: the numbers mean other segments.</summary>
    public void Clear() => Array.Fill(_numbers, long.MinValue);
}

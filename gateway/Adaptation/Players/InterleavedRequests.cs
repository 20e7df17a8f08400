namespace Gateway.Adaptation.Players;

/// <summary>
/// Tells a session that several players watch at once: requests that jump to and fro in the title. Neighbours behind one address, with one kind of player that does not name itself and without a credential that names
/// them, have one session; taken for one player, each of their requests looks like a seek, so that the buffer seems to be empty all the time, and the line of one is taken for that of the other. A single viewer who
/// seeks again and again looks the same for as long as he does.
/// </summary>
/// <remarks>Not safe for several threads; <see cref="SessionAdaptation"/> guards it.</remarks>
internal sealed class InterleavedRequests
{
    private const int MostJumps = 4;

    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_gap = TimeSpan.FromSeconds(1);

    private readonly TimeSpan[] _jumps = new TimeSpan[MostJumps];
    private TimeSpan? _start;
    private TimeSpan _end;
    private int _next;
    private int _count;

    /// <summary>A segment of the main track is asked for.</summary>
    public void Asked(TimeSpan at, TimeSpan? start, TimeSpan duration)
    {
        if (start is not { } begin) return;
        var before = _start;
        var isNext = (begin - _end).Duration() <= s_gap;
        (_start, _end) = (begin, begin + duration);

        // What is asked for again, in another quality or because it broke, is no jump.
        if (before is null || isNext || before == begin) return;
        _jumps[_next] = at;
        _next = (_next + 1) % MostJumps;
        _count++;
    }

    /// <summary>Whether that was so within the last half minute.</summary>
    public bool AreSeen(TimeSpan at) => _count >= MostJumps && at - _jumps[_next] <= s_window;
}

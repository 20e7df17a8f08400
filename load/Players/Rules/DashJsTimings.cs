using System.Runtime.InteropServices;

namespace Gateway.Load.Players.Rules;

/// <summary>
/// How long the segments of late took when they were loaded first. dash.js asks the Resource Timing API by URL and takes the first entry, so a segment that is loaded again counts as
/// it did the first time (HTTPLoader, 5.2.1).
/// </summary>
internal sealed class DashJsTimings
{
    /// <summary>What is loaded again is in the buffer, and that is a minute at most.</summary>
    private const int Most = 32;

    private readonly List<Timing> _timings = [];

    /// <summary>The first load of a segment; this one, when it is the first.</summary>
    public (double Seconds, long Bytes) First(int rung, long sequence, double seconds, long bytes)
    {
        foreach (var timing in _timings)
        {
            if (timing.Rung == rung && timing.Sequence == sequence) return (timing.Seconds, timing.Bytes);
        }

        if (_timings.Count == Most) _timings.RemoveAt(0);
        _timings.Add(new Timing(rung, sequence, seconds, bytes));
        return (seconds, bytes);
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Timing(int Rung, long Sequence, double Seconds, long Bytes);
}

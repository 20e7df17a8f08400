using System.Runtime.InteropServices;

namespace Gateway.Manifests.Dash.Presentation;

/// <summary>
/// A SegmentTimeline: for each S element where it begins and how often it repeats, not one entry per segment. Shared by all Representations that
/// inherit it.
/// </summary>
internal sealed class SegmentRuns
{
    private readonly Run[] _runs;
    private readonly int[] _first;

    /// <param name="runs">In the order of the document, times ascending.</param>
    public SegmentRuns(Run[] runs)
    {
        _runs = runs;
        _first = new int[runs.Length + 1];
        for (var i = 0; i < runs.Length; i++) _first[i + 1] = (int)Math.Min(int.MaxValue, (long)_first[i] + runs[i].Count);
    }

    /// <summary>Segments in total.</summary>
    public int Count => _first[^1];

    /// <summary>First media time behind the last segment.</summary>
    public long End => _runs.Length == 0 ? 0 : _runs[^1].Start + (_runs[^1].Duration * _runs[^1].Count);

    /// <summary>Longest segment.</summary>
    public long LongestDuration
    {
        get
        {
            var longest = 0L;
            foreach (ref readonly var run in _runs.AsSpan()) longest = Math.Max(longest, run.Duration);
            return longest;
        }
    }

    /// <summary>Bytes of memory.</summary>
    public long Bytes => (long)_runs.Length * 32;

    /// <summary>The segment at an index.</summary>
    /// <param name="index">From 0.</param>
    /// <param name="duration">Its duration.</param>
    /// <param name="afterGap">Whether it does not begin where the one before ends.</param>
    /// <returns>Its media time.</returns>
    public long StartOf(int index, out long duration, out bool afterGap)
    {
        var run = RunAt(index);
        duration = _runs[run].Duration;
        var within = index - _first[run];
        afterGap = within == 0 && run > 0 && _runs[run].Start != _runs[run - 1].Start + (_runs[run - 1].Duration * _runs[run - 1].Count);
        return _runs[run].Start + (duration * within);
    }

    /// <summary>Index of the segment that begins exactly at a media time; -1 without one.</summary>
    public int IndexOf(long start)
    {
        var index = IndexAt(start);
        return index >= 0 && StartOf(index, out _, out _) == start ? index : -1;
    }

    /// <summary>Index of the last segment that begins at or before a media time; 0 before the first; -1 when there are none.</summary>
    public int IndexAt(long time)
    {
        if (Count == 0) return -1;
        var low = 0;
        for (var high = _runs.Length - 1; low < high;)
        {
            var middle = (low + high + 1) / 2;
            if (_runs[middle].Start <= time) low = middle;
            else high = middle - 1;
        }

        var run = _runs[low];
        var within = run.Duration <= 0 ? 0 : (time - run.Start) / run.Duration;
        return (int)Math.Clamp(_first[low] + Math.Clamp(within, 0, run.Count - 1), 0, Count - 1);
    }

    private int RunAt(int index)
    {
        var found = Array.BinarySearch(_first, index);

        // Runs without a segment share the index of their successor; the last one at that index holds the segment.
        if (found < 0) return ~found - 1;
        while (found + 1 < _runs.Length && _first[found + 1] == index) found++;
        return found;
    }

    /// <summary>One S element.</summary>
    /// <param name="Start">Media time of its first segment.</param>
    /// <param name="Duration">Of each segment.</param>
    /// <param name="Count">Segments.</param>
    [StructLayout(LayoutKind.Auto)]
    internal readonly record struct Run(long Start, long Duration, long Count);
}

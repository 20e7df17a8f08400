using System.Globalization;
using Gateway.Media;

namespace Gateway.Manifests.Dash.Presentation;

/// <summary>A SegmentBase, SegmentList or SegmentTemplate while the document is read. It inherits what it does not set from the level above.</summary>
internal sealed class MpdSegments(MpdSegments? above, Dictionary<string, string> attributes)
{
    private SegmentRuns? _runs;
    private (long Timescale, long Offset, TimeSpan? Duration, TimeSpan Start, int Parts) _runsFor;
    private int _listed;

    /// <summary>Initialization element of its own.</summary>
    public Dictionary<string, string>? OwnInitialization { get; set; }

    /// <summary>S elements of a SegmentTimeline of its own.</summary>
    public List<Step>? OwnTimeline { get; set; }

    /// <summary>Patterns of that SegmentTimeline by their ids; they stand before the S elements that name them.</summary>
    private readonly Dictionary<string, SegmentPattern> _patterns = new(StringComparer.Ordinal);

    /// <summary>SegmentURL elements of its own.</summary>
    public List<ListTrack.Item>? OwnItems { get; set; }

    public Dictionary<string, string>? Initialization => OwnInitialization ?? above?.Initialization;

    public List<ListTrack.Item>? Items => OwnItems ?? above?.Items;

    public void AddStep(Step step) => OwnTimeline!.Add(step);

    public SegmentPattern AddPattern(string id)
    {
        var pattern = new SegmentPattern();
        _patterns[id] = pattern;
        return pattern;
    }

    public SegmentPattern? PatternOf(string id) => _patterns.GetValueOrDefault(id);

    public string? this[string name] => attributes.TryGetValue(name, out var value) ? value : above?[name];

    public long? Number(string name) =>
        long.TryParse(this[name], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? Math.Clamp(value, -MaxTime, MaxTime) : null;

    /// <summary>The SegmentTimeline in force, expanded to runs; made once for all Representations that share it.</summary>
    /// <param name="clock">Times of the Period.</param>
    /// <param name="split">Whether sub-segments (S@k) are addressed one by one.</param>
    /// <param name="listed">Segments whose existence the document states, rather than their coming.</param>
    /// <param name="parts">Sub-segments per segment.</param>
    public SegmentRuns? Runs(TrackClock clock, bool split, out int listed, out int parts)
    {
        listed = 0;
        parts = 1;
        if (OwnTimeline is null) return above?.Runs(clock, split, out listed, out parts);
        if (split) parts = CommonParts(OwnTimeline);
        var key = (clock.Timescale, clock.Offset, clock.PeriodDuration, clock.PeriodStart, parts);
        if (_runs is null || _runsFor != key)
        {
            _runs = Expand(OwnTimeline, clock, parts, out _listed);
            _runsFor = key;
        }

        listed = _listed;
        return _runs;
    }

    /// <summary>Reads an xs:double in seconds; null for "INF", zero for what is none.</summary>
    public static TimeSpan? ParseEarly(string? text)
    {
        if (text is "INF" or "+INF") return null;
        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && Math.Abs(seconds) < 1_000_000_000m
            ? new TimeSpan((long)(seconds * TimeSpan.TicksPerSecond)) : TimeSpan.Zero;
    }

    /// <summary>Reads "first-last" (RFC 9110 byte-range-spec, as @mediaRange, @indexRange and @range have it).</summary>
    public static ByteRange? ParseRange(string? text)
    {
        var dash = text?.IndexOf('-', StringComparison.Ordinal) ?? -1;
        if (dash <= 0 || !long.TryParse(text.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var first)) return null;
        if (dash == text!.Length - 1) return new ByteRange(first, ByteRange.ToEnd);
        return long.TryParse(text.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var last) && last >= first && last < long.MaxValue
            ? new ByteRange(first, last - first + 1) : null;
    }

    /// <summary>Bound on media times, so that sums stay within 64 bits. In nanoseconds it is still 73 years.</summary>
    private const long MaxTime = long.MaxValue / 4;

    private static SegmentRuns Expand(List<Step> steps, TrackClock clock, int parts, out int listed)
    {
        var end = clock.PeriodDuration is { } length ? clock.Offset + MediaClock.ToUnits(length, clock.Timescale) : (long?)null;
        var runs = new List<SegmentRuns.Run>(steps.Count);
        var time = 0L;
        long total = 0;
        listed = -1;
        for (var i = 0; i < steps.Count && total < int.MaxValue / 2; i++)
        {
            var step = steps[i];
            if (step.Duration <= 0 && step.Pattern is not { Length: > 0 }) continue;
            var start = step.Time ?? time;
            long? until = null;
            if (step.Repeat < 0)
            {
                // Until the next S that says when it begins, else to the end of the Period, else on and on, as far as anybody looks.
                until = i + 1 < steps.Count && steps[i + 1].Time is { } next ? next : end;
                if (until is null) listed = (int)Math.Min(total, int.MaxValue / 2);
                until ??= clock.AvailabilityStart is { } zero ? clock.ToMedia(clock.FetchedAt - zero + TimeSpan.FromDays(1)) : start + step.Duration;
            }

            // What begins at or after the end of the Period is never played, and often not there.
            if (end is { } last && !(until < last)) until = last;
            if (step.Pattern is { Length: > 0 } pattern) time = AppendPattern(runs, step, pattern, start, until ?? long.MaxValue, ref total);
            else time = AppendStep(runs, step, start, until, parts, ref total) ?? time;
        }

        if (listed < 0) listed = int.MaxValue;
        return new SegmentRuns([.. runs]);
    }

    /// <returns>Where the next one begins that does not say so; null when nothing was appended.</returns>
    private static long? AppendStep(List<SegmentRuns.Run> runs, Step step, long start, long? until, int parts, ref long total)
    {
        var count = step.Repeat >= 0 ? step.Repeat + 1 : long.MaxValue;
        if (until is { } end) count = Math.Min(count, (Math.Max(end - start, 0) + step.Duration - 1) / step.Duration);
        count = Math.Clamp(count, 0, Math.Min((int.MaxValue / 2) - total, (MaxTime - Math.Max(start, 0)) / step.Duration));
        count = Math.Min(count, ((int.MaxValue / 2) - total) / parts) * parts;
        if (count == 0) return null;
        total += count;
        return Append(runs, start, step.Duration / parts, count) ? start + (step.Duration / parts * count) : null;
    }

    /// <summary>Each segment, or run of equal ones, becomes a run: as many as the patterns of a day have, for a pattern without an end.</summary>
    private static long AppendPattern(List<SegmentRuns.Run> runs, Step step, SegmentPattern pattern, long start, long until, ref long total)
    {
        var left = step.Repeat >= 0 ? step.Repeat + 1 : long.MaxValue;
        for (var at = step.PatternEntry < 0 ? 0 : step.PatternEntry; left > 0 && start < until && start < MaxTime / 2 && total < MaxPatterned; at++, left--, total++)
        {
            if (!Append(runs, start, pattern[at], 1)) break;
            start += pattern[at];
        }

        return start;
    }

    /// <summary>Segments of patterns, which cost memory one by one: a day of them in seconds.</summary>
    private const int MaxPatterned = 1 << 17;

    private static bool Append(List<SegmentRuns.Run> runs, long start, long duration, long count)
    {
        if (runs.Count > 0)
        {
            var last = runs[^1];
            var end = last.Start + (last.Duration * last.Count);

            // Encoders write one S per segment although they could say "r"; neighbours that fit are one run.
            if (last.Duration == duration && end == start)
            {
                runs[^1] = last with { Count = last.Count + count };
                return true;
            }

            // Times ascend, or nothing could be found by them: a step back is left out, an overlap ends the run before.
            if (start <= last.Start) return false;
            if (start < end) runs[^1] = last with { Count = (start - last.Start + last.Duration - 1) / last.Duration };
        }

        runs.Add(new SegmentRuns.Run(start, duration, count));
        return true;
    }

    /// <summary>Sub-segments per segment, if it is the same number throughout and divides the durations; else they are not told apart.</summary>
    private static int CommonParts(List<Step> steps)
    {
        var parts = steps.Count == 0 ? 1 : steps[0].Parts;
        foreach (var step in steps)
        {
            if (step.Parts != parts || step.Duration % parts != 0 || step.Pattern is not null) return 1;
        }

        return parts;
    }

    /// <summary>An S element.</summary>
    /// <param name="Time">@t.</param>
    /// <param name="Duration">@d.</param>
    /// <param name="Repeat">@r; negative for an open repetition.</param>
    /// <param name="Parts">@k.</param>
    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
    internal readonly record struct Step(long? Time, long Duration, long Repeat, int Parts)
    {
        /// <summary>@p: what tells the durations instead of @d.</summary>
        public SegmentPattern? Pattern { get; init; }

        /// <summary>@pE: with which of the pattern's segments it begins.</summary>
        public long PatternEntry { get; init; }
    }
}

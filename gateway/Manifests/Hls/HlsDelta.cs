using System.Buffers;
using System.Collections.Frozen;
using Gateway.Timelines;

namespace Gateway.Manifests.Hls;

/// <summary>
/// Restores the segments that a delta update leaves out (EXT-X-SKIP, draft-pantos-hls-rfc8216bis §6.2.5.1) from the version before, as its player does: else the timeline
/// of a session behind the live edge would end with every reload.
/// </summary>
/// <remarks>
/// What the result shares with the version before is not read again, so an update costs what is new in it, however long the stream is: each version adds a run of the few segments that the next update
/// leaves out, and runs of like size are put together, which reads a segment as often as its number has binary digits. An update of a playlist with variables is spliced as text and read as a whole,
/// for the update may give them other values.
/// </remarks>
internal static class HlsDelta
{
    /// <summary>Segments of the longest run that is put together of others: reading that many takes about half a millisecond.</summary>
    private const int LongestRun = 4096;

    /// <param name="before">The version before, whole.</param>
    /// <param name="delta">The update.</param>
    /// <param name="limit">Most bytes of text behind the result.</param>
    /// <returns>The timeline as if the playlist had been sent in full, without parts of segments that are put back; null when the version before does not have all that is left out.</returns>
    public static MediaTimeline? Restore(MediaTimeline? before, HlsTimeline delta, int limit)
    {
        var first = delta.FirstSequence - delta.Skipped;
        if (before is HlsTimeline whole)
        {
            if (whole.Defines || delta.Defines) return Splice(whole, delta, limit) is { } body ? HlsTimeline.Read(body, delta.Base, Variables(delta)) : null;
            return Restore([new HlsSegmentRun(whole, 0, whole.SegmentCount)], whole.FirstSequence, first, delta, limit);
        }

        return before is HlsSplicedTimeline spliced && !delta.Defines ? Restore(spliced.Runs, spliced.FirstSequence, first, delta, limit) : null;
    }

    /// <summary>The text of the playlist as if it had been sent in full; null as for <see cref="Restore(MediaTimeline?, HlsTimeline, int)"/>.</summary>
    public static byte[]? Splice(HlsTimeline before, HlsTimeline delta, int limit)
    {
        var first = delta.FirstSequence - delta.Skipped;
        if (before.FirstSequence > first || before.FirstSequence + before.SegmentCount < delta.FirstSequence) return null;
        if ((long)delta.Playlist.Length + before.Playlist.Length > limit) return null;
        var skipped = new HlsSegmentText();
        skipped.Append(before.Playlist.Span, first - before.FirstSequence, delta.FirstSequence - before.FirstSequence);
        return Fill(delta.Playlist.Span, skipped.Written);
    }

    private static HlsSplicedTimeline? Restore(ReadOnlySpan<HlsSegmentRun> before, long firstBefore, long first, HlsTimeline delta, int limit)
    {
        if (firstBefore > first || delta.Skipped > HlsLimits.TimelineEntries - delta.Count) return null;
        var runs = new List<HlsSegmentRun>(before.Length + 2);
        long bytes = delta.Playlist.Length;
        var sequence = firstBefore;
        foreach (var run in before)
        {
            var from = run.From + (int)Math.Clamp(first - sequence, 0, run.Count);
            var to = run.From + (int)Math.Clamp(delta.FirstSequence - sequence, 0, run.Count);
            sequence += run.Count;
            if (to <= from) continue;
            runs.Add(new HlsSegmentRun(run.Timeline, from, to - from));
            bytes += run.Timeline.Playlist.Length;
        }

        if (sequence < delta.FirstSequence || bytes > limit) return null;
        PutTogether(runs, delta.Base);
        runs.Add(ReadRest(runs, delta));
        return new HlsSplicedTimeline([.. runs], first);
    }

    /// <summary>Puts the last runs together until each is longer than the one behind it; all of them when the update comes from elsewhere, where the same references lead elsewhere.</summary>
    private static void PutTogether(List<HlsSegmentRun> runs, ReferenceBase from)
    {
        if (runs.Count == 0) return;
        var start = runs.Count - 1;
        var total = runs[start].Count;
        while (start > 0 && runs[start - 1].Count <= total && total + runs[start - 1].Count <= LongestRun) total += runs[--start].Count;
        if (!runs[^1].Timeline.Base.IsSame(from)) start = 0;
        else if (start == runs.Count - 1) return;
        var text = new HlsSegmentText();
        for (var i = start; i < runs.Count; i++) text.Append(runs[i].Timeline.Playlist.Span, runs[i].From, runs[i].To);
        var begin = new HlsTimelineStart(runs[start].Timeline.ClockAt(runs[start].From), start > 0 ? RunBehind(runs[start - 1]) : RunBefore(runs[start]));
        var read = HlsTimeline.Read(text.Written.ToArray(), from, new HlsVariables(FrozenDictionary<string, string>.Empty, ""), begin);
        runs.RemoveRange(start, runs.Count - start);
        runs.Add(new HlsSegmentRun(read, 0, read.SegmentCount));
    }

    /// <summary>The update itself, with what holds on from the segments that it leaves out.</summary>
    private static HlsSegmentRun ReadRest(List<HlsSegmentRun> runs, HlsTimeline delta)
    {
        var held = new HlsSegmentText();
        HlsTimelineStart begin = default;
        if (runs.Count > 0)
        {
            var last = runs[^1];
            held.AppendHeld(last.Timeline.Playlist.Span, last.To);
            begin = new HlsTimelineStart(last.Timeline.ClockBehind(last.To - 1), RunBehind(last));
        }

        var rest = HlsTimeline.Read(Fill(delta.Playlist.Span, held.Written), delta.Base, Variables(delta), begin);
        return new HlsSegmentRun(rest, 0, rest.SegmentCount);
    }

    private static HlsResourceRun RunBehind(HlsSegmentRun run) => run.Timeline.ResourceRunBehind(run.To - 1);

    private static HlsResourceRun RunBefore(HlsSegmentRun run) => run.From > 0 ? run.Timeline.ResourceRunBehind(run.From - 1) : default;

    private static HlsVariables Variables(HlsTimeline delta) => new(FrozenDictionary<string, string>.Empty, delta.Base.Url.Query);

    /// <summary>An update with something in the place of what it leaves out.</summary>
    private static byte[] Fill(ReadOnlySpan<byte> delta, ReadOnlySpan<byte> skipped)
    {
        var output = new ArrayBufferWriter<byte>(delta.Length + skipped.Length);
        var copied = 0;
        for (var lines = new HlsLines(delta); lines.MoveNext();)
        {
            if (!lines.TryTake("#EXT-X-SKIP:"u8, out _)) continue;
            output.Write(delta[copied..lines.Start]);

            // A playlist has one of them; where there are more, all that they leave out stands in the place of the first.
            if (copied == 0) output.Write(skipped);
            copied = lines.End;
        }

        output.Write(delta[copied..]);
        return output.WrittenSpan.ToArray();
    }
}

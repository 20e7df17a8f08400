using System.Globalization;
using System.Text;
using Gateway.Live.Keys;

namespace Gateway.Live.Timeline;

/// <summary>
/// Writes a live session's media playlist (RFC 8216, and for gaps and delta updates draft-pantos-hls-rfc8216bis): EVENT, or with a sliding window neither EVENT nor VOD. A part of
/// a stream is EVENT as well, from its first version on: it may have been asked for before its end was there, and nothing of an EVENT list may change (RFC 8216 §6.2.1), so the end is told by ENDLIST alone. The same state gives the same text, and the text of a later version begins with the entries of the earlier one.
/// </summary>
internal static class PlaylistWriter
{
    /// <summary>Of everything but delta updates: gaps need 8 (draft §8).</summary>
    private const int Version = 8;

    private const int DeltaVersion = 9;

    /// <summary>Entries nearer to the end than this many target durations are never skipped (draft §4.4.3.8: at least six).</summary>
    private const int SkipBoundary = 6;

    /// <param name="timeline">The stream.</param>
    /// <param name="request">What is wanted of it.</param>
    /// <param name="now">For delays.</param>
    public static byte[] Write(LiveTimeline timeline, PlaylistRequest request, DateTimeOffset now)
    {
        var view = PlaylistView.Of(timeline, request, now);
        var target = timeline.Options.TargetDuration;
        var skipped = request.Skips && !view.IsComplete && !timeline.Options.IsSliding ? SkippedIn(timeline, view) : 0;
        var text = new StringBuilder(512 + ((view.Count - skipped) * 48));
        text.Append("#EXTM3U\n#EXT-X-VERSION:").Append(skipped > 0 ? DeltaVersion : Version).Append('\n');
        Line(text, $"#EXT-X-TARGETDURATION:{target}");
        if (timeline.Options.IsSliding)
        {
            Line(text, $"#EXT-X-MEDIA-SEQUENCE:{timeline.Removed + view.First}");
            // Where entries leave, the tag has to be there before the first discontinuity does (RFC 8216 §6.2.2).
            Line(text, $"#EXT-X-DISCONTINUITY-SEQUENCE:{DiscontinuitiesBefore(timeline, view)}");
        }
        else
        {
            // A part counts from its own first entry: before that is there, nobody knows which one of the stream's it will be.
            text.Append("#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:EVENT\n");
            Line(text, $"#EXT-X-SERVER-CONTROL:CAN-SKIP-UNTIL={SkipBoundary * target}.0");
        }

        text.Append("#EXT-X-INDEPENDENT-SEGMENTS\n");
        if (skipped > 0) Line(text, $"#EXT-X-SKIP:SKIPPED-SEGMENTS={skipped}");
        WriteEntries(text, timeline, view, skipped);
        if (view.IsComplete) text.Append("#EXT-X-ENDLIST\n");
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private static void WriteEntries(StringBuilder text, LiveTimeline timeline, PlaylistView view, int skipped)
    {
        var map = InitBefore(timeline, view, skipped);
        for (var i = skipped; i < view.Count; i++)
        {
            var entry = timeline.Entries[view.First + i];
            var isNewMap = entry.Init is not null && !string.Equals(entry.Init, map, StringComparison.Ordinal);
            map = entry.Init ?? map;
            // What the first entry differs from is not in the list; it counts in the discontinuity sequence instead.
            if (entry.IsDiscontinuous && i > 0) text.Append("#EXT-X-DISCONTINUITY\n");
            if (isNewMap) Line(text, $"#EXT-X-MAP:URI=\"{StreamChunkKey.InitNameOf(entry.Init!)}\"");
            if (i == 0 && timeline.BeginsAt is { } beginsAt) Line(text, $"#EXT-X-PROGRAM-DATE-TIME:{beginsAt.AddSeconds(entry.Start).UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}");
            if (entry.IsGap) text.Append("#EXT-X-GAP\n");
            Line(text, $"#EXTINF:{entry.Seconds:0.000000},");
            text.Append(StreamChunkKey.SegmentNameOf(entry.Index)).Append('\n');
        }
    }

    /// <summary>How many entries a delta update leaves out: those farther from the end than the boundary, as long as one that stays shows what is in force.</summary>
    private static int SkippedIn(LiveTimeline timeline, PlaylistView view)
    {
        if (view.Count == 0) return 0;
        var boundary = timeline.Entries[view.First + view.Count - 1].End - (SkipBoundary * timeline.Options.TargetDuration);
        // From the end on, so that an update costs the same however long the stream is.
        var skipped = view.Count;
        while (skipped > 0 && timeline.Entries[view.First + skipped - 1].End >= boundary) skipped--;
        return skipped;
    }

    /// <summary>The configuration that is in force at an entry of a list; null at its beginning.</summary>
    private static string? InitBefore(LiveTimeline timeline, PlaylistView view, int index)
    {
        while (--index >= 0)
        {
            if (timeline.Entries[view.First + index].Init is { } init) return init;
        }

        return null;
    }

    private static int DiscontinuitiesBefore(LiveTimeline timeline, PlaylistView view)
    {
        var count = timeline.RemovedDiscontinuities;
        for (var i = 0; i < view.First; i++) count += timeline.Entries[i].IsDiscontinuous ? 1 : 0;
        if (view.Count > 0 && view.First < timeline.Entries.Count && timeline.Entries[view.First].IsDiscontinuous) count++;
        return count;
    }

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}

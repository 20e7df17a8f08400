using System.Buffers;
using System.Text;

namespace Gateway.Manifests.Hls;

/// <summary>
/// Restores the segments that a delta update leaves out (EXT-X-SKIP, draft-pantos-hls-rfc8216bis §6.2.5.1) from the version before, as its player does: else the timeline
/// of a session behind the live edge would end with every reload.
/// </summary>
internal static class HlsDelta
{
    /// <summary>Initialisation section and keys that hold at once: one for each DRM system.</summary>
    private const int MostHeld = 16;

    /// <param name="before">The version before, whole.</param>
    /// <param name="delta">The update.</param>
    /// <param name="limit">Most bytes of the result.</param>
    /// <returns>The playlist as if it had been sent in full, without parts of segments that are put back; null when the version before does not have all that is left out.</returns>
    public static byte[]? Splice(HlsTimeline before, HlsTimeline delta, int limit)
    {
        var first = delta.FirstSequence - delta.Skipped;
        if (before.FirstSequence > first || before.FirstSequence + before.SegmentCount < delta.FirstSequence) return null;
        var text = delta.Playlist.Span;
        if ((long)text.Length + before.Playlist.Length > limit) return null;
        var output = new ArrayBufferWriter<byte>(text.Length + before.Playlist.Length);
        var copied = 0;
        for (var lines = new HlsLines(text); lines.MoveNext();)
        {
            if (!lines.TryTake("#EXT-X-SKIP:"u8, out _)) continue;
            output.Write(text[copied..lines.Start]);

            // A playlist has one of them; where there are more, all that they leave out stands in the place of the first.
            if (copied == 0) WriteSegments(before, first, delta.FirstSequence, output);
            copied = lines.End;
        }

        output.Write(text[copied..]);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>
    /// Writes a run of segments with what belongs to each, and with the keys and the initialisation section that hold on from before it. Of these only the last: what is put
    /// back is the version before for the next update, and would carry all keys that ever were.
    /// </summary>
    private static void WriteSegments(HlsTimeline playlist, long from, long to, ArrayBufferWriter<byte> output)
    {
        var text = playlist.Playlist.Span;
        var sequence = playlist.FirstSequence;
        var held = new List<(string Kind, Range Line)>();
        for (var lines = new HlsLines(text); lines.MoveNext() && sequence < to;)
        {
            var content = lines.Content;
            var line = lines.Start..lines.End;
            var kind = KindOf(content);
            if (kind is not null && sequence < from)
            {
                Hold(held, kind, content, line);
            }
            else if (sequence >= from && (kind is not null || IsOfSegment(lines)))
            {
                foreach (var (_, before) in held) WriteLine(text[before], output);
                held.Clear();
                WriteLine(text[line], output);
            }

            if (lines.IsReference) sequence++;
        }
    }

    /// <summary>What a tag that holds on takes the place of; null for other lines.</summary>
    private static string? KindOf(ReadOnlySpan<byte> content) =>
        content.StartsWith("#EXT-X-MAP:"u8) ? "MAP"
        : content.StartsWith("#EXT-X-KEY:"u8) ? "KEY " + Encoding.UTF8.GetString(HlsAttributes.Find(content["#EXT-X-KEY:"u8.Length..], "KEYFORMAT"u8))
        : null;

    private static void Hold(List<(string Kind, Range Line)> held, string kind, ReadOnlySpan<byte> content, Range line)
    {
        var endsKeys = kind != "MAP" && HlsAttributes.Find(content["#EXT-X-KEY:"u8.Length..], "METHOD"u8).SequenceEqual("NONE"u8);
        for (var i = held.Count - 1; i >= 0; i--)
        {
            if (held[i].Kind == kind || (endsKeys && held[i].Kind != "MAP")) held.RemoveAt(i);
        }

        if (held.Count == MostHeld) held.RemoveAt(0);
        held.Add((kind, line));
    }

    private static bool IsOfSegment(HlsLines lines)
    {
        var content = lines.Content;
        return lines.IsReference || content.StartsWith("#EXTINF:"u8) || content.StartsWith("#EXT-X-BYTERANGE:"u8)
            || content.StartsWith("#EXT-X-PROGRAM-DATE-TIME:"u8) || content.SequenceEqual("#EXT-X-DISCONTINUITY"u8) || content.SequenceEqual("#EXT-X-GAP"u8);
    }

    private static void WriteLine(ReadOnlySpan<byte> line, ArrayBufferWriter<byte> output)
    {
        output.Write(line);
        if (line[^1] is not ((byte)'\n' or (byte)'\r')) output.Write("\n"u8);
    }
}

using System.Buffers;

namespace Gateway.Manifests.Hls;

/// <summary>
/// Puts the segments that a delta update leaves out (EXT-X-SKIP, draft-pantos-hls-rfc8216bis §6.2.5.1) back in from the version before, as its player does: else the timeline
/// of who watches behind the live edge would end with every reload.
/// </summary>
internal static class HlsDelta
{
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
            copied = lines.End;
            WriteSegments(before, first, delta.FirstSequence, output);
        }

        output.Write(text[copied..]);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Writes a run of segments with what belongs to each; keys and initialisation sections also of those before, since they hold on.</summary>
    private static void WriteSegments(HlsTimeline playlist, long from, long to, ArrayBufferWriter<byte> output)
    {
        var text = playlist.Playlist.Span;
        var sequence = playlist.FirstSequence;
        for (var lines = new HlsLines(text); lines.MoveNext() && sequence < to;)
        {
            var content = lines.Content;
            var holdsOn = content.StartsWith("#EXT-X-KEY:"u8) || content.StartsWith("#EXT-X-MAP:"u8);
            var isOfSegment = lines.IsReference || content.StartsWith("#EXTINF:"u8) || content.StartsWith("#EXT-X-BYTERANGE:"u8)
                || content.StartsWith("#EXT-X-PROGRAM-DATE-TIME:"u8) || content.SequenceEqual("#EXT-X-DISCONTINUITY"u8) || content.SequenceEqual("#EXT-X-GAP"u8);
            if (holdsOn || (isOfSegment && sequence >= from))
            {
                output.Write(text[lines.Start..lines.End]);
                if (text[lines.End - 1] is not ((byte)'\n' or (byte)'\r')) output.Write("\n"u8);
            }

            if (lines.IsReference) sequence++;
        }
    }
}

using System.Buffers;

namespace Gateway.Manifests.Hls;

/// <summary>
/// Leaves out of a multivariant playlist what is above a bitrate: whole EXT-X-STREAM-INF tags with their URI lines, and whole EXT-X-I-FRAME-STREAM-INF tags.
/// Every other byte stays. Of variants at least the lowest stay, in all pathways that have them, else there would be nothing to play.
/// </summary>
internal static class HlsLadderCap
{
    private static ReadOnlySpan<byte> Variant => "#EXT-X-STREAM-INF:"u8;

    private static ReadOnlySpan<byte> TrickPlay => "#EXT-X-I-FRAME-STREAM-INF:"u8;

    /// <param name="playlist">A multivariant playlist; any other has nothing to leave out.</param>
    /// <param name="bitsPerSecond">What BANDWIDTH may be: the peak, by which players choose as well.</param>
    /// <param name="output">Takes the shorter playlist; untouched when nothing is left out.</param>
    /// <returns>Whether anything is left out.</returns>
    public static bool TryApply(ReadOnlySpan<byte> playlist, long bitsPerSecond, IBufferWriter<byte> output)
    {
        var (lowest, highest) = Range(playlist);
        var most = Math.Max(bitsPerSecond, lowest);
        if (highest <= most) return false;
        var skipsUri = false;
        while (TakeLine(ref playlist, out var line, out var content))
        {
            if (content.StartsWith(Variant))
            {
                skipsUri = BandwidthOf(content[Variant.Length..]) > most;
                if (skipsUri) continue;
            }
            else if (content.StartsWith(TrickPlay))
            {
                if (BandwidthOf(content[TrickPlay.Length..]) > most) continue;
            }
            else if (skipsUri && content is [not (byte)'#', ..])
            {
                skipsUri = false;
                continue;
            }

            output.Write(line);
        }

        return true;
    }

    private static (long Lowest, long Highest) Range(ReadOnlySpan<byte> playlist)
    {
        var (lowest, highest) = (long.MaxValue, 0L);
        while (TakeLine(ref playlist, out _, out var content))
        {
            if (content.StartsWith(Variant))
            {
                var bandwidth = BandwidthOf(content[Variant.Length..]);
                lowest = Math.Min(lowest, bandwidth);
                highest = Math.Max(highest, bandwidth);
            }
            else if (content.StartsWith(TrickPlay))
            {
                highest = Math.Max(highest, BandwidthOf(content[TrickPlay.Length..]));
            }
        }

        return (lowest == long.MaxValue ? 0 : lowest, highest);
    }

    private static long BandwidthOf(ReadOnlySpan<byte> list) => HlsNumbers.Whole(HlsAttributes.Find(list, "BANDWIDTH"u8)) ?? 0;

    /// <param name="rest">What is left.</param>
    /// <param name="line">With its end.</param>
    /// <param name="content">Without blanks around it.</param>
    private static bool TakeLine(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> line, out ReadOnlySpan<byte> content)
    {
        var end = rest.IndexOf((byte)'\n');
        line = end < 0 ? rest : rest[..(end + 1)];
        content = line.Trim(" \t\r\n"u8);
        rest = rest[line.Length..];
        return !line.IsEmpty;
    }
}

using System.Buffers;

namespace Gateway.Manifests.Hls;

/// <summary>Puts one variant before all others: players of Apple and ExoPlayer begin with the first (RFC 8216 §4.3.4.2 leaves the order to the author). Every other byte stays where it is.</summary>
internal static class HlsStartOrder
{
    private static ReadOnlySpan<byte> Variant => "#EXT-X-STREAM-INF:"u8;

    /// <summary>Writes the playlist in that order; false where it has it already, or has nothing to choose.</summary>
    /// <param name="playlist">A multivariant playlist.</param>
    /// <param name="bitsPerSecond">The variant: the highest within this, else the lowest.</param>
    /// <param name="output">Untouched where nothing is written.</param>
    public static bool TryApply(ReadOnlySpan<byte> playlist, long bitsPerSecond, IBufferWriter<byte> output)
    {
        var (firstStart, start, end) = (-1, -1, -1);
        var (open, openBits) = (-1, 0L);
        var best = -1L;
        for (var lines = new HlsLines(playlist); lines.MoveNext();)
        {
            if (lines.TryTake(Variant, out var list))
            {
                (open, openBits) = (lines.Start, HlsNumbers.Whole(HlsAttributes.Find(list, "BANDWIDTH"u8)) ?? 0);
                if (firstStart < 0) firstStart = open;
            }
            else if (open >= 0 && lines.IsReference)
            {
                // Within the limit the higher is better, above it the lower.
                var isBetter = start < 0 || (openBits <= bitsPerSecond ? best > bitsPerSecond || openBits > best : best > bitsPerSecond && openBits < best);
                if (isBetter) (start, end, best) = (open, lines.End, openBits);
                open = -1;
            }
        }

        // A last line without an end would run into what follows it.
        if (start <= firstStart || playlist[end - 1] != '\n') return false;
        output.Write(playlist[..firstStart]);
        output.Write(playlist[start..end]);
        output.Write(playlist[firstStart..start]);
        output.Write(playlist[end..]);
        return true;
    }
}

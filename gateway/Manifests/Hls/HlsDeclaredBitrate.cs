using System.Buffers;
using System.Buffers.Text;

namespace Gateway.Manifests.Hls;

/// <summary>Writes other bitrates into the EXT-X-STREAM-INF tags of a multivariant playlist (BANDWIDTH and AVERAGE-BANDWIDTH, RFC 8216 §4.3.4.2). Every other byte stays.</summary>
internal static class HlsDeclaredBitrate
{
    private const int MostDigits = 20;

    private static ReadOnlySpan<byte> Variant => "#EXT-X-STREAM-INF:"u8;

    /// <param name="playlist">A multivariant playlist.</param>
    /// <param name="peak">For each BANDWIDTH, bit/s.</param>
    /// <param name="average">For each AVERAGE-BANDWIDTH, bit/s; null = the peak.</param>
    /// <param name="output">Takes the playlist.</param>
    public static void Write(ReadOnlySpan<byte> playlist, long peak, long? average, IBufferWriter<byte> output)
    {
        var copied = 0;
        for (var lines = new HlsLines(playlist); lines.MoveNext();)
        {
            if (!lines.TryTake(Variant, out var list)) continue;
            playlist.Overlaps(list, out var listAt);
            for (var attributes = new HlsAttributes(list); attributes.MoveNext();)
            {
                var isAverage = attributes.Name.SequenceEqual("AVERAGE-BANDWIDTH"u8);
                if (!isAverage && !attributes.Name.SequenceEqual("BANDWIDTH"u8)) continue;
                var at = listAt + attributes.ValueStart;
                output.Write(playlist[copied..at]);
                Utf8Formatter.TryFormat(isAverage ? average ?? peak : peak, output.GetSpan(MostDigits), out var written);
                output.Advance(written);
                copied = at + attributes.Value.Length;
            }
        }

        output.Write(playlist[copied..]);
    }
}

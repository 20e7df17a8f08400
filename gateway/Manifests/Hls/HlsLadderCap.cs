using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Gateway.Manifests.Offers;

namespace Gateway.Manifests.Hls;

/// <summary>
/// Leaves out of a multivariant playlist what is above a bitrate, by the rule of <see cref="LadderCap"/>: whole EXT-X-STREAM-INF tags with their URI lines,
/// and whole EXT-X-I-FRAME-STREAM-INF and EXT-X-IMAGE-STREAM-INF tags. Every other byte stays.
/// </summary>
internal static class HlsLadderCap
{
    private static ReadOnlySpan<byte> Variant => "#EXT-X-STREAM-INF:"u8;

    private static ReadOnlySpan<byte> TrickPlay => "#EXT-X-I-FRAME-STREAM-INF:"u8;

    private static ReadOnlySpan<byte> Images => "#EXT-X-IMAGE-STREAM-INF:"u8;

    /// <param name="playlist">A multivariant playlist; any other has nothing to leave out.</param>
    /// <param name="bitsPerSecond">What BANDWIDTH may be: the peak, by which players choose as well.</param>
    /// <param name="output">Takes the shorter playlist; untouched when nothing is left out.</param>
    /// <returns>Whether anything is left out.</returns>
    public static bool TryApply(ReadOnlySpan<byte> playlist, long bitsPerSecond, IBufferWriter<byte> output) =>
        TryApply(playlist, (rungs, leftOut) => LadderCap.Choose(rungs, bitsPerSecond, leftOut), output);

    /// <summary>The same by another rule.</summary>
    public static bool TryApply(ReadOnlySpan<byte> playlist, LadderCut cut, IBufferWriter<byte> output)
    {
        var rungs = new List<LadderRung>();
        for (var lines = new HlsLines(playlist); lines.MoveNext();)
        {
            if (TryReadRung(lines, out var rung)) rungs.Add(rung);
        }

        var leftOut = new bool[rungs.Count];
        if (!cut(CollectionsMarshal.AsSpan(rungs), leftOut)) return false;
        var next = 0;
        var copied = 0;
        var skipsUri = false;
        for (var lines = new HlsLines(playlist); lines.MoveNext();)
        {
            var goes = false;
            if (TryReadRung(lines, out var rung))
            {
                goes = leftOut[next++];
                if (lines.Content.StartsWith(Variant)) skipsUri = goes;
            }
            else if (skipsUri && lines.IsReference)
            {
                goes = true;
                skipsUri = false;
            }

            if (!goes) continue;
            output.Write(playlist[copied..lines.Start]);
            copied = lines.End;
        }

        output.Write(playlist[copied..]);
        return true;
    }

    private static bool TryReadRung(HlsLines lines, out LadderRung rung)
    {
        if (lines.TryTake(Variant, out var list))
        {
            var codecs = Encoding.UTF8.GetString(HlsAttributes.Find(list, "CODECS"u8));
            var kind = HlsAttributes.Find(list, "RESOLUTION"u8).IsEmpty && AudioCodecs.Only(codecs) ? RungKind.Audio : RungKind.Video;
            rung = new LadderRung(BandwidthOf(list), kind, CodecFamily.Of(codecs), 0);
            return true;
        }

        var found = lines.TryTake(TrickPlay, out list) || lines.TryTake(Images, out list);
        rung = found ? new LadderRung(BandwidthOf(list), RungKind.TrickPlay, default, 0) : default;
        return found;
    }

    private static long BandwidthOf(ReadOnlySpan<byte> list) => HlsNumbers.Whole(HlsAttributes.Find(list, "BANDWIDTH"u8)) ?? 0;
}

using System.Buffers.Binary;
using static TranscoderStub.Live.Boxes;

namespace TranscoderStub.LowLatency;

/// <summary>One moof+mdat of a stored segment: what becomes a part.</summary>
/// <param name="Offset">First byte within the segment; boxes before the first moof (styp) belong to the first fragment.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Start">Decode time (tfdt) in ticks.</param>
/// <param name="Independent">Whether a decoder can begin here.</param>
internal readonly record struct Fragment(int Offset, int Length, long Start, bool Independent)
{
    // ISO/IEC 14496-12 §8.8.3.1: the bit of a sample's flags that says it is no sync sample.
    private const uint NonSync = 0x0001_0000;

    /// <exception cref="InvalidDataException">The segment is not a row of fragments.</exception>
    public static List<Fragment> In(ReadOnlySpan<byte> segment)
    {
        var fragments = new List<Fragment>();
        int begin = 0, at = 0;
        long start = 0;
        var independent = false;
        while (at < segment.Length)
        {
            var box = segment[at..];
            var end = at + LengthOf(box);
            if (TypeOf(box) == Moof)
            {
                var track = Find(segment[(at + HeaderLength)..end], Traf);
                start = BinaryPrimitives.ReadInt64BigEndian(Find(track, Tfdt)[4..]);
                independent = (FirstSampleFlags(track) & NonSync) == 0;
            }

            at = end;
            if (TypeOf(box) != Mdat) continue;
            fragments.Add(new Fragment(begin, end - begin, start, independent));
            begin = end;
        }

        return begin == segment.Length && fragments.Count > 0 ? fragments : throw new InvalidDataException("A segment is no row of moof and mdat.");
    }

    // §8.8.8 and §8.8.7: the run's own word on its first sample counts before the track fragment's default. Optional fields come in the order of
    // their flags; trex defaults and flags per sample do not occur in what the packager writes.
    private static uint FirstSampleFlags(ReadOnlySpan<byte> track)
    {
        var run = Find(track, Trun);
        var has = BinaryPrimitives.ReadUInt32BigEndian(run) & 0xFFFFFF;
        if ((has & 0x4) != 0) return BinaryPrimitives.ReadUInt32BigEndian(run[(8 + ((has & 0x1) != 0 ? 4 : 0))..]);

        var header = Find(track, Tfhd);
        has = BinaryPrimitives.ReadUInt32BigEndian(header) & 0xFFFFFF;
        if ((has & 0x20) == 0) throw new InvalidDataException("A fragment does not say whether a decoder can begin with it.");
        var before = ((has & 0x1) != 0 ? 8 : 0) + ((has & 0x2) != 0 ? 4 : 0) + ((has & 0x8) != 0 ? 4 : 0) + ((has & 0x10) != 0 ? 4 : 0);
        return BinaryPrimitives.ReadUInt32BigEndian(header[(8 + before)..]);
    }
}

using System.Buffers.Binary;
using System.Numerics;
using static TranscoderStub.Live.Boxes;

namespace TranscoderStub.Streams;

/// <summary>
/// Ends made silence with the pictures. ffmpeg's <c>-shortest</c> lets it run on by up to a frame of the picture, a quarter of a second where a screen stands still, into the time of the next segment.
/// </summary>
internal static class SilentTrack
{
    private const uint HasDefaultDuration = 0x8, HasDurations = 0x100, PerSample = 0xF00, HasOffset = 0x1, HasFirstFlags = 0x4, Flags = 0xFFFFFF;

    /// <summary>The segment without the silence behind its pictures; as it is where there is none, or no picture.</summary>
    /// <param name="segment">Header and one fragment with a run of samples for each track.</param>
    /// <exception cref="InvalidDataException">The boxes do not nest.</exception>
    public static byte[] Cut(byte[] segment)
    {
        var moov = Find(segment, Moov);
        var moof = At(segment, 0, segment.Length, Moof);
        if (moof < 0) return segment;
        Run? pictures = null, silence = null;
        for (int at = moof + HeaderLength, end = End(segment, moof); at < end; at = End(segment, at))
        {
            if (TypeOf(segment.AsSpan(at)) != Traf || Read(segment, at, moov) is not { } run) continue;
            if (run.IsVideo) pictures = run;
            else silence = run;
        }

        if (pictures is not { } shown || silence is not { FirstDuration: > 0 } made) return segment;
        var wanted = (Int128)shown.Ticks * made.Timescale / shown.Timescale;
        var count = (uint)Math.Max(1, (int)((wanted + made.FirstDuration - 1) / made.FirstDuration));
        return count < made.Count ? Without(segment, moof, made, count) : segment;
    }

    private static byte[] Without(byte[] segment, int moof, Run run, uint count)
    {
        var removed = (int)(run.Count - count) * run.Stride;
        var end = End(segment, run.Trun);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(run.Trun + HeaderLength + 4), count);
        foreach (var box in (int[])[moof, run.Traf, run.Trun]) Lower(segment, box, removed);
        byte[] cut = [.. segment.AsSpan(0, end - removed), .. segment.AsSpan(end)];
        // What the samples' data lie behind has become shorter: the offsets count from the fragment's beginning.
        for (int traf = moof + HeaderLength, last = End(cut, moof); traf < last; traf = End(cut, traf))
        {
            if (TypeOf(cut.AsSpan(traf)) != Traf || At(cut, traf + HeaderLength, End(cut, traf), Trun) is var trun && trun < 0) continue;
            if ((BinaryPrimitives.ReadUInt32BigEndian(cut.AsSpan(trun + HeaderLength)) & HasOffset) != 0) Lower(cut, trun + HeaderLength + 8, removed);
        }

        return cut;
    }

    private static Run? Read(byte[] segment, int traf, ReadOnlySpan<byte> moov)
    {
        var end = End(segment, traf);
        var (tfhd, trun) = (At(segment, traf + HeaderLength, end, Tfhd), At(segment, traf + HeaderLength, end, Trun));
        if (tfhd < 0 || trun < 0) return null;
        var header = segment.AsSpan(tfhd + HeaderLength);
        var (timescale, isVideo) = TrackStarts.TrackOf(moov, BinaryPrimitives.ReadUInt32BigEndian(header[4..]));
        var run = segment.AsSpan(trun + HeaderLength, End(segment, trun) - trun - HeaderLength);
        var (flags, count) = (BinaryPrimitives.ReadUInt32BigEndian(run) & Flags, BinaryPrimitives.ReadUInt32BigEndian(run[4..]));
        var stride = 4 * BitOperations.PopCount(flags & PerSample);
        var rows = run[(8 + ((flags & HasOffset) != 0 ? 4 : 0) + ((flags & HasFirstFlags) != 0 ? 4 : 0))..];
        var known = DefaultDuration(header);
        long ticks = 0;
        uint first = 0;
        for (var i = 0; i < count; i++)
        {
            var duration = (flags & HasDurations) != 0 ? BinaryPrimitives.ReadUInt32BigEndian(rows[(i * stride)..]) : known;
            if (i == 0) first = duration;
            ticks += duration;
        }

        return new Run(traf, trun, isVideo, timescale, count, stride, ticks, first);
    }

    /// <summary>Of a tfhd (ISO/IEC 14496-12 §8.8.7): what stands before it depends on the flags.</summary>
    private static uint DefaultDuration(ReadOnlySpan<byte> tfhd)
    {
        var flags = BinaryPrimitives.ReadUInt32BigEndian(tfhd);
        return (flags & HasDefaultDuration) == 0 ? 0 : BinaryPrimitives.ReadUInt32BigEndian(tfhd[(8 + ((flags & 1) != 0 ? 8 : 0) + ((flags & 2) != 0 ? 4 : 0))..]);
    }

    private static void Lower(byte[] segment, int at, int by) => BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(at), BinaryPrimitives.ReadUInt32BigEndian(segment.AsSpan(at)) - (uint)by);

    private static int End(byte[] segment, int box) => box + LengthOf(segment.AsSpan(box));

    /// <summary>Where the first box of a type begins; −1 where there is none.</summary>
    private static int At(byte[] segment, int from, int to, uint type)
    {
        while (from < to && TypeOf(segment.AsSpan(from)) != type) from = End(segment, from);
        return from < to ? from : -1;
    }

    /// <summary>One track's samples in the fragment.</summary>
    /// <param name="Traf">Where its box begins.</param>
    /// <param name="Trun">Where the box of its run begins.</param>
    /// <param name="IsVideo">Whether these are pictures.</param>
    /// <param name="Timescale">Ticks per second.</param>
    /// <param name="Count">Samples.</param>
    /// <param name="Stride">Bytes of a sample's row.</param>
    /// <param name="Ticks">What they last together.</param>
    /// <param name="FirstDuration">Ticks of the first.</param>
    private readonly record struct Run(int Traf, int Trun, bool IsVideo, uint Timescale, uint Count, int Stride, long Ticks, uint FirstDuration);
}

using System.Buffers.Binary;
using System.Numerics;
using static TranscoderStub.Live.Boxes;

namespace TranscoderStub.Streams;

/// <summary>
/// Puts right when the tracks of a made segment begin. ffmpeg's muxer, which writes no edit list here, lets each track begin at zero and its first sample last the longer, so that picture and sound are moved
/// against each other; the last sample of a copied track lasts the shorter. Where a track is known to begin later, these samples get their own durations back, and the decode time says when it begins.
/// </summary>
internal static class TrackStarts
{
    private const uint Hdlr = 0x68646C72, Tkhd = 0x746B6864, Vide = 0x76696465;
    private const uint DefaultBaseFlags = 0xFFFFFF, HasDurations = 0x100, PerSample = 0xF00, HasOffset = 0x1, HasFirstFlags = 0x4;

    /// <param name="segment">Header and one fragment, changed in place.</param>
    /// <param name="streams">When its tracks begin, and which were copied.</param>
    /// <exception cref="InvalidDataException">The boxes do not nest.</exception>
    public static void Correct(Span<byte> segment, ChunkStreams streams)
    {
        var moov = Find(segment, Moov);
        for (var rest = segment; !rest.IsEmpty; rest = rest[LengthOf(rest)..])
        {
            if (TypeOf(rest) != Moof) continue;
            for (var boxes = rest[HeaderLength..LengthOf(rest)]; !boxes.IsEmpty; boxes = boxes[LengthOf(boxes)..])
            {
                if (TypeOf(boxes) == Traf) CorrectTrack(boxes[HeaderLength..LengthOf(boxes)], moov, streams);
            }

            return;
        }
    }

    private static void CorrectTrack(Span<byte> traf, ReadOnlySpan<byte> moov, ChunkStreams streams)
    {
        var (timescale, isVideo) = TrackOf(moov, BinaryPrimitives.ReadUInt32BigEndian(Find(traf, Tfhd)[4..]));
        var late = (long)Math.Round((isVideo ? streams.VideoStart : streams.AudioStart) * timescale);
        Span<byte> tfdt = default, trun = default;
        for (var boxes = traf; !boxes.IsEmpty; boxes = boxes[LengthOf(boxes)..])
        {
            if (TypeOf(boxes) == Tfdt) tfdt = boxes[HeaderLength..LengthOf(boxes)];
            else if (TypeOf(boxes) == Trun && trun.IsEmpty) trun = boxes[HeaderLength..LengthOf(boxes)];
        }

        if (late <= 0 || tfdt.IsEmpty || tfdt[0] != 1 || trun.Length < 8) return;
        var flags = BinaryPrimitives.ReadUInt32BigEndian(trun) & DefaultBaseFlags;
        if ((flags & HasDurations) == 0 || BinaryPrimitives.ReadInt64BigEndian(tfdt[4..]) != 0) return;
        var at = 8 + ((flags & HasOffset) != 0 ? 4 : 0) + ((flags & HasFirstFlags) != 0 ? 4 : 0);
        var first = BinaryPrimitives.ReadUInt32BigEndian(trun[at..]);
        if (first <= late) return;
        BinaryPrimitives.WriteUInt32BigEndian(trun[at..], first - (uint)late);
        if (isVideo ? streams.CopiesVideo : streams.CopiesAudio)
        {
            var count = BinaryPrimitives.ReadUInt32BigEndian(trun[4..]);
            var stride = 4 * BitOperations.PopCount(flags & PerSample);
            var last = trun[checked(at + ((int)(count - 1) * stride))..];
            BinaryPrimitives.WriteUInt32BigEndian(last, BinaryPrimitives.ReadUInt32BigEndian(last) + (uint)late);
        }

        BinaryPrimitives.WriteInt64BigEndian(tfdt[4..], late);
    }

    /// <summary>What the header says of a track.</summary>
    /// <exception cref="InvalidDataException">It has none with that number.</exception>
    internal static (uint Timescale, bool IsVideo) TrackOf(ReadOnlySpan<byte> moov, uint id)
    {
        for (var boxes = moov; !boxes.IsEmpty; boxes = boxes[LengthOf(boxes)..])
        {
            if (TypeOf(boxes) != Trak) continue;
            var trak = boxes[HeaderLength..LengthOf(boxes)];
            var header = Find(trak, Tkhd);
            if (BinaryPrimitives.ReadUInt32BigEndian(header[(header[0] == 1 ? 20 : 12)..]) != id) continue;
            var media = Find(trak, Mdia);
            var times = Find(media, Mdhd);
            return (BinaryPrimitives.ReadUInt32BigEndian(times[(times[0] == 1 ? 20 : 12)..]), BinaryPrimitives.ReadUInt32BigEndian(Find(media, Hdlr)[8..]) == Vide);
        }

        throw new InvalidDataException("A fragment has a track that the header does not.");
    }
}

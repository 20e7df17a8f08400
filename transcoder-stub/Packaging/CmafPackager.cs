using System.Buffers.Binary;
using TranscoderStub.JustInTime;
using TranscoderStub.Live;

namespace TranscoderStub.Packaging;

/// <summary>
/// CMAF segments and initialisation sections (ISO/IEC 23000-19) of one rendition. A segment is a styp and a row of fragments; its times are those of the
/// whole title, on the grid of the timeline, and not what an encoder that began somewhere counted.
/// </summary>
internal static class CmafPackager
{
    // ISO/IEC 14496-12 section 8.8.3.1: depends on no other sample; depends on others and is no sync sample.
    private const uint SyncSample = 0x0200_0000, OtherSample = 0x0101_0000;

    /// <param name="rendition">Whose segment it is.</param>
    /// <param name="segment">Its number, from 0.</param>
    /// <param name="packets">As many as the timeline says.</param>
    /// <param name="fragmentRatio">Part of a segment that is one fragment.</param>
    public static byte[] Segment(Rendition rendition, int segment, IReadOnlyList<byte[]> packets, double fragmentRatio)
    {
        var timeline = rendition.Timeline;
        var perFragment = Math.Max(1, (int)Math.Round(timeline.FramesOf(0) * fragmentRatio));
        var perSegment = (timeline.FramesOf(0) / perFragment) + 2;
        var boxes = new BoxWriter(packets.Sum(p => p.Length) + (packets.Count * 8) + (perSegment * 160) + 64);
        var styp = boxes.Begin("styp"u8);
        boxes.Bytes("msdh\0\0\0\0msdhcmfs"u8);
        boxes.End(styp);
        for (var at = 0; at < packets.Count; at += perFragment)
        {
            var count = Math.Min(perFragment, packets.Count - at);
            Fragment(boxes, rendition, (uint)((segment * (long)perSegment) + (at / perFragment) + 1), timeline.FirstFrame(segment) + at, packets, at, count);
        }

        return boxes.ToArray();
    }

    /// <summary>Makes the initialisation section out of what ffmpeg wrote as moov.</summary>
    /// <exception cref="InvalidDataException">The moov is not what this packager relies on.</exception>
    public static byte[] Init(Rendition rendition, byte[] moov)
    {
        var boxes = new BoxWriter(moov.Length + 64);
        var ftyp = boxes.Begin("ftyp"u8);
        boxes.Bytes(rendition.IsVideo ? "cmfc\0\0\0\0cmfcisomiso6avc1"u8 : "cmfc\0\0\0\0cmfcisomiso6"u8);
        boxes.End(ftyp);
        if (rendition.Codec == MediaCodec.Opus) AlignOpus(moov);
        if (MovieFragments.Timescale([.. Box(moov)]) != rendition.Timeline.Timescale) throw new InvalidDataException("The encoder chose another timescale than the manifests say.");
        var box = boxes.Begin("moov"u8);
        boxes.Bytes(moov);
        boxes.End(box);
        return boxes.ToArray();
    }

    private static void Fragment(BoxWriter boxes, Rendition rendition, uint number, long firstFrame, IReadOnlyList<byte[]> packets, int at, int count)
    {
        var startsWithKey = rendition.IsVideo && at == 0;
        var start = boxes.Position;
        var moof = boxes.Begin("moof"u8);
        var mfhd = boxes.Begin("mfhd"u8, 0, 0);
        boxes.UInt32(number);
        boxes.End(mfhd);
        var traf = boxes.Begin("traf"u8);

        // default-base-is-moof, default duration, default flags.
        var tfhd = boxes.Begin("tfhd"u8, 0, 0x02_0028);
        boxes.UInt32(1);
        boxes.UInt32((uint)rendition.Timeline.FrameTicks);
        boxes.UInt32(rendition.IsVideo ? OtherSample : SyncSample);
        boxes.End(tfhd);
        var tfdt = boxes.Begin("tfdt"u8, 1, 0);
        boxes.UInt64((ulong)(firstFrame * rendition.Timeline.FrameTicks));
        boxes.End(tfdt);

        // Data offset, the first sample's own flags where it is a key frame, a size for each sample.
        var trun = boxes.Begin("trun"u8, 0, startsWithKey ? 0x205u : 0x201u);
        boxes.UInt32((uint)count);
        var dataOffset = boxes.Position;
        boxes.UInt32(0);
        if (startsWithKey) boxes.UInt32(SyncSample);
        for (var i = at; i < at + count; i++) boxes.UInt32((uint)packets[i].Length);
        boxes.End(trun);
        boxes.End(traf);
        boxes.End(moof);
        boxes.Patch(dataOffset, (uint)(boxes.Position - start + Boxes.HeaderLength));
        var mdat = boxes.Begin("mdat"u8);
        for (var i = at; i < at + count; i++) boxes.Bytes(packets[i]);
        boxes.End(mdat);
    }

    // The encoder's delay was taken off before encoding, so nothing is to be skipped: PreSkip of the dOps box becomes 0.
    private static void AlignOpus(Span<byte> moov)
    {
        var at = moov.IndexOf("dOps"u8);
        if (at < 0 || BinaryPrimitives.ReadUInt16BigEndian(moov[(at + 6)..]) != Encoders.EncodeArguments.OpusDelay)
            throw new InvalidDataException("libopus has another delay than the 312 samples that segments are aligned by.");
        BinaryPrimitives.WriteUInt16BigEndian(moov[(at + 6)..], 0);
    }

    private static byte[] Box(byte[] moov)
    {
        var box = new byte[moov.Length + Boxes.HeaderLength];
        BinaryPrimitives.WriteInt32BigEndian(box, box.Length);
        BinaryPrimitives.WriteUInt32BigEndian(box.AsSpan(4), Boxes.Moov);
        moov.CopyTo(box, Boxes.HeaderLength);
        return box;
    }
}

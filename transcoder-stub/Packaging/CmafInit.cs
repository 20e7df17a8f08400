using System.Buffers.Binary;
using TranscoderStub.JustInTime;
using TranscoderStub.Live;

namespace TranscoderStub.Packaging;

/// <summary>Initialisation sections of CMAF, out of what ffmpeg wrote as moov.</summary>
internal static class CmafInit
{
    /// <exception cref="InvalidDataException">The moov is not what the packager relies on.</exception>
    public static byte[] Of(Rendition rendition, byte[] moov)
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

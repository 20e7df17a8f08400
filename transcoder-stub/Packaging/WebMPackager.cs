using System.Buffers.Binary;
using System.Text;
using TranscoderStub.JustInTime;

namespace TranscoderStub.Packaging;

/// <summary>
/// Chunks of Opus in WebM (RFC 8794 for EBML, RFC 9559 for Matroska). Each chunk initialises itself, so that a player may begin with any of them, and
/// carries the times of the whole title. Neither pre-skip nor CodecDelay: the encoder's delay was taken off before encoding.
/// </summary>
internal sealed class WebMPackager : ISegmentPackager
{
    private const int FrameMilliseconds = 20;

    // A block tells its time in 16 bits relative to its cluster, and a player buffers by clusters.
    private const int FramesPerCluster = 100;

    private readonly Rendition _rendition;
    private readonly Stream _output;
    private readonly BoxWriter _cluster = new(1 << 16);
    private long _frame;
    private int _inCluster;
    private bool _begun;

    /// <param name="rendition">Whose chunk it is.</param>
    /// <param name="segment">Its number, from 0.</param>
    /// <param name="output">Where it is written.</param>
    public WebMPackager(Rendition rendition, int segment, Stream output)
    {
        _rendition = rendition;
        _output = output;
        _frame = rendition.Timeline.FirstFrame(segment);
    }

    public static byte[] Init(Rendition rendition)
    {
        var writer = new BoxWriter(512);
        Head(writer, rendition);
        return writer.ToArray();
    }

    public ValueTask AddAsync(byte[] packet, CancellationToken stop)
    {
        if (_inCluster == 0) Unsigned(_cluster, [0xE7], (ulong)(_frame * FrameMilliseconds)); // Timestamp

        // SimpleBlock: track 1, time within the cluster, key frame.
        Id(_cluster, [0xA3], packet.Length + 4);
        var time = _inCluster * FrameMilliseconds;
        _cluster.Bytes([0x81, (byte)(time >> 8), (byte)time, 0x80]);
        _cluster.Bytes(packet);
        _frame++;
        return ++_inCluster == FramesPerCluster ? FlushAsync(stop) : ValueTask.CompletedTask;
    }

    public ValueTask EndAsync(CancellationToken stop) => _inCluster > 0 ? FlushAsync(stop) : ValueTask.CompletedTask;

    private async ValueTask FlushAsync(CancellationToken stop)
    {
        if (!_begun) await _output.WriteAsync(Init(_rendition), stop);
        _begun = true;
        var writer = new BoxWriter(_cluster.Position + 16);
        Element(writer, [0x1F, 0x43, 0xB6, 0x75], _cluster.Written); // Cluster
        await _output.WriteAsync(writer.ToArray(), stop);
        _cluster.Clear();
        _inCluster = 0;
    }

    private static void Head(BoxWriter writer, Rendition rendition)
    {
        var ebml = new BoxWriter(64);
        Unsigned(ebml, [0x42, 0x86], 1); // EBMLVersion
        Unsigned(ebml, [0x42, 0xF7], 1); // EBMLReadVersion
        Unsigned(ebml, [0x42, 0xF2], 4); // EBMLMaxIDLength
        Unsigned(ebml, [0x42, 0xF3], 8); // EBMLMaxSizeLength
        Element(ebml, [0x42, 0x82], "webm"u8); // DocType
        Unsigned(ebml, [0x42, 0x87], 4); // DocTypeVersion
        Unsigned(ebml, [0x42, 0x85], 2); // DocTypeReadVersion
        Element(writer, [0x1A, 0x45, 0xDF, 0xA3], ebml.Written);

        // The Segment has no known size: a chunk is a part of it, and the next chunk begins another one.
        writer.Bytes([0x18, 0x53, 0x80, 0x67, 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
        var info = new BoxWriter(64);
        Unsigned(info, [0x2A, 0xD7, 0xB1], 1_000_000); // TimestampScale: milliseconds
        Float(info, [0x44, 0x89], rendition.Timeline.TotalSeconds * 1000); // Duration
        Element(info, [0x4D, 0x80], "gateway"u8); // MuxingApp
        Element(info, [0x57, 0x41], "gateway"u8); // WritingApp
        Element(writer, [0x15, 0x49, 0xA9, 0x66], info.Written);

        var audio = new BoxWriter(64);
        Float(audio, [0xB5], rendition.SampleRate); // SamplingFrequency
        Unsigned(audio, [0x9F], (ulong)rendition.Channels); // Channels
        var track = new BoxWriter(128);
        Unsigned(track, [0xD7], 1); // TrackNumber
        Unsigned(track, [0x73, 0xC5], 1); // TrackUID
        Unsigned(track, [0x9C], 0); // FlagLacing
        Unsigned(track, [0x83], 2); // TrackType: audio
        Element(track, [0x86], Encoding.ASCII.GetBytes("A_OPUS")); // CodecID
        Unsigned(track, [0x56, 0xBB], 80_000_000); // SeekPreRoll: 80 ms
        Element(track, [0x63, 0xA2], OpusHead(rendition)); // CodecPrivate
        Element(track, [0xE1], audio.Written);
        var tracks = new BoxWriter(160);
        Element(tracks, [0xAE], track.Written);
        Element(writer, [0x16, 0x54, 0xAE, 0x6B], tracks.Written);
    }

    // RFC 7845 section 5.1, with pre-skip 0 and without gain or mapping.
    private static byte[] OpusHead(Rendition rendition)
    {
        var head = new byte[19];
        "OpusHead"u8.CopyTo(head);
        head[8] = 1;
        head[9] = (byte)rendition.Channels;
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(12), rendition.SampleRate);
        return head;
    }

    private static void Unsigned(BoxWriter writer, ReadOnlySpan<byte> id, ulong value)
    {
        Id(writer, id, 8);
        writer.UInt64(value);
    }

    private static void Float(BoxWriter writer, ReadOnlySpan<byte> id, double value)
    {
        Id(writer, id, 8);
        writer.UInt64(BitConverter.DoubleToUInt64Bits(value));
    }

    private static void Element(BoxWriter writer, ReadOnlySpan<byte> id, ReadOnlySpan<byte> body)
    {
        Id(writer, id, body.Length);
        writer.Bytes(body);
    }

    // The length as a number of four bytes (RFC 8794 section 4): the first nibble says how many.
    private static void Id(BoxWriter writer, ReadOnlySpan<byte> id, int length)
    {
        writer.Bytes(id);
        writer.UInt32(0x1000_0000u | (uint)length);
    }
}

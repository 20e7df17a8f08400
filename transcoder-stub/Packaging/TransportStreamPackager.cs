using System.Buffers.Binary;
using TranscoderStub.JustInTime;

namespace TranscoderStub.Packaging;

/// <summary>
/// A segment of MPEG-TS for HLS (RFC 8216 section 3.2): program tables, then one elementary stream, H.264 as a byte stream with access unit delimiters
/// (ISO/IEC 13818-1 section 2.14) or AAC in ADTS. Picture and sound are renditions of their own, as with CMAF.
/// </summary>
internal sealed class TransportStreamPackager : ISegmentPackager
{
    private const int TablePid = 0, MapPid = 0x1000, StreamPid = 0x100;

    // Times begin at 1.4 s and the clock 0.7 s before them, ffmpeg's own figures: a decoder has its packets before their time.
    private const long FirstTime = 126_000, ClockLead = 63_000;

    // The clock has to come ten times a second (section 2.7.2); four frames of AAC last at most 93 ms.
    private const int SoundsTogether = 4;

    private static readonly int[] s_adtsRates = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350];

    private readonly Rendition _rendition;
    private readonly TransportPackets _packets;
    private readonly int _segment;
    private readonly BoxWriter _pending = new(1 << 16), _pes = new(1 << 16);
    private long _frame, _pendingTime;
    private int _inPending;
    private bool _begun, _pendingIsKey = true;

    /// <param name="rendition">Whose segment it is.</param>
    /// <param name="segment">Its number, from 0.</param>
    /// <param name="output">Where it is written.</param>
    public TransportStreamPackager(Rendition rendition, int segment, Stream output)
    {
        _rendition = rendition;
        _segment = segment;
        _packets = new TransportPackets(output);
        _frame = rendition.Timeline.FirstFrame(segment);
    }

    // Written one behind, because the last one is spread otherwise.
    public async ValueTask AddAsync(byte[] packet, CancellationToken stop)
    {
        var isFull = _inPending == (_rendition.IsVideo ? 1 : SoundsTogether);
        if (isFull) await FlushAsync(isLast: false, stop);
        if (_inPending++ == 0) _pendingTime = FirstTime + (long)Math.Round(_frame * (decimal)_rendition.Timeline.FrameTicks * 90_000 / _rendition.Timeline.Timescale);
        _frame++;
        if (_rendition.IsVideo) AppendPicture(packet);
        else AppendSound(packet);
    }

    public ValueTask EndAsync(CancellationToken stop) => _inPending > 0 ? FlushAsync(isLast: true, stop) : ValueTask.CompletedTask;

    private async ValueTask FlushAsync(bool isLast, CancellationToken stop)
    {
        if (!_begun)
        {
            await _packets.SectionAsync(TablePid, _segment, [0x00, 0xB0, 13, 0, 1, 0xC1, 0, 0, 0, 1, 0xE0 | (MapPid >> 8), MapPid & 0xFF], stop);
            await _packets.SectionAsync(MapPid, _segment,
                [0x02, 0xB0, 18, 0, 1, 0xC1, 0, 0, 0xE0 | (StreamPid >> 8), StreamPid & 0xFF, 0xF0, 0, (byte)(_rendition.IsVideo ? 0x1B : 0x0F), 0xE0 | (StreamPid >> 8), StreamPid & 0xFF, 0xF0, 0], stop);
            _begun = true;
        }

        await _packets.PesAsync(StreamPid, Pes().ToArray(), _pendingTime - ClockLead, _pendingIsKey, isLast, stop);
        _pending.Clear();
        _inPending = 0;
        _pendingIsKey = !_rendition.IsVideo;
    }

    // Section 2.4.3.6: a presentation time and no other, since there are no B frames. Only video may leave its length open.
    private ReadOnlySpan<byte> Pes()
    {
        var payload = _pending.Written;
        var length = _rendition.IsVideo ? 0 : payload.Length + 8;
        var time = _pendingTime & 0x1_FFFF_FFFF;
        _pes.Clear();
        _pes.Bytes([0, 0, 1, (byte)(_rendition.IsVideo ? 0xE0 : 0xC0), (byte)(length >> 8), (byte)length, 0x84, 0x80, 5]);
        _pes.Bytes([(byte)(0x21 | ((time >> 29) & 0x0E)), (byte)(time >> 22), (byte)(1 | ((time >> 14) & 0xFE)), (byte)(time >> 7), (byte)(1 | ((time << 1) & 0xFE))]);
        _pes.Bytes(payload);
        return _pes.Written;
    }

    // From lengths (ISO/IEC 14496-15) to start codes (ITU-T H.264 annex B), behind a delimiter that allows every kind of slice.
    private void AppendPicture(ReadOnlySpan<byte> packet)
    {
        _pending.Bytes([0, 0, 0, 1, 0x09, 0xF0]);
        while (packet.Length > 4)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(packet);
            if (length > packet.Length - 4) throw new InvalidDataException("The encoder wrote a NAL unit without a sound length.");
            _pending.Bytes([0, 0, 0, 1]);
            _pending.Bytes(packet.Slice(4, (int)length));
            packet = packet[(4 + (int)length)..];
        }
    }

    // ISO/IEC 13818-7 section 6.2: AAC LC, without a checksum.
    private void AppendSound(ReadOnlySpan<byte> packet)
    {
        var (rate, length) = (Array.IndexOf(s_adtsRates, _rendition.SampleRate), packet.Length + 7);
        if (rate < 0 || length > 0x1FFF) throw new InvalidDataException("The encoder wrote sound that ADTS cannot hold.");
        _pending.Bytes([
            0xFF, 0xF1, (byte)(0x40 | (rate << 2) | (_rendition.Channels >> 2)), (byte)((_rendition.Channels << 6) | (length >> 11)), (byte)(length >> 3), (byte)((length << 5) | 0x1F), 0xFC,
        ]);
        _pending.Bytes(packet);
    }
}

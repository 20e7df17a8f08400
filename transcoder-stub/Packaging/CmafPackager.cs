using TranscoderStub.JustInTime;
using TranscoderStub.Live;

namespace TranscoderStub.Packaging;

/// <summary>
/// A CMAF segment (ISO/IEC 23000-19): a styp and a row of fragments; its times are those of the whole title, on the grid of the timeline, and not what an
/// encoder that began somewhere counted. One fragment at a time is in memory, since its head tells the sizes of all that is in it.
/// </summary>
internal sealed class CmafPackager : ISegmentPackager
{
    // ISO/IEC 14496-12 section 8.8.3.1: depends on no other sample; depends on others and is no sync sample.
    private const uint SyncSample = 0x0200_0000, OtherSample = 0x0101_0000;

    private readonly Rendition _rendition;
    private readonly Stream _output;
    private readonly int _perFragment;
    private readonly List<byte[]> _fragment = [];
    private long _frame;
    private uint _number;
    private bool _begun;

    /// <param name="rendition">Whose segment it is.</param>
    /// <param name="segment">Its number, from 0.</param>
    /// <param name="fragmentRatio">Part of a segment that is one fragment.</param>
    /// <param name="output">Where it is written.</param>
    public CmafPackager(Rendition rendition, int segment, double fragmentRatio, Stream output)
    {
        var timeline = rendition.Timeline;
        _rendition = rendition;
        _output = output;
        _perFragment = Math.Max(1, (int)Math.Round(timeline.FramesOf(0) * fragmentRatio));

        // Sequence numbers rise from segment to segment, whoever makes them.
        _number = (uint)(segment * ((timeline.FramesOf(0) / (long)_perFragment) + 2)) + 1;
        _frame = timeline.FirstFrame(segment);
    }

    public ValueTask AddAsync(byte[] packet, CancellationToken stop)
    {
        _fragment.Add(packet);
        return _fragment.Count == _perFragment ? FlushAsync(stop) : ValueTask.CompletedTask;
    }

    public ValueTask EndAsync(CancellationToken stop) => _fragment.Count > 0 ? FlushAsync(stop) : ValueTask.CompletedTask;

    private async ValueTask FlushAsync(CancellationToken stop)
    {
        await _output.WriteAsync(Head(), stop);
        foreach (var packet in _fragment) await _output.WriteAsync(packet, stop);
        _frame += _fragment.Count;
        _number++;
        _fragment.Clear();
    }

    /// <summary>Everything of a fragment that comes before its packets.</summary>
    private byte[] Head()
    {
        var boxes = new BoxWriter(160 + (_fragment.Count * 4));
        var startsWithKey = _rendition.IsVideo && !_begun;
        if (!_begun)
        {
            var styp = boxes.Begin("styp"u8);
            boxes.Bytes("msdh\0\0\0\0msdhcmfs"u8);
            boxes.End(styp);
            _begun = true;
        }

        var start = boxes.Position;
        var moof = boxes.Begin("moof"u8);
        var mfhd = boxes.Begin("mfhd"u8, 0, 0);
        boxes.UInt32(_number);
        boxes.End(mfhd);
        var traf = boxes.Begin("traf"u8);

        // default-base-is-moof, default duration, default flags.
        var tfhd = boxes.Begin("tfhd"u8, 0, 0x02_0028);
        boxes.UInt32(1);
        boxes.UInt32((uint)_rendition.Timeline.FrameTicks);
        boxes.UInt32(_rendition.IsVideo ? OtherSample : SyncSample);
        boxes.End(tfhd);
        var tfdt = boxes.Begin("tfdt"u8, 1, 0);
        boxes.UInt64((ulong)(_frame * _rendition.Timeline.FrameTicks));
        boxes.End(tfdt);

        // Data offset, the first sample's own flags where it is a key frame, a size for each sample.
        var trun = boxes.Begin("trun"u8, 0, startsWithKey ? 0x205u : 0x201u);
        boxes.UInt32((uint)_fragment.Count);
        var dataOffset = boxes.Position;
        boxes.UInt32(0);
        if (startsWithKey) boxes.UInt32(SyncSample);
        long length = Boxes.HeaderLength;
        foreach (var packet in _fragment)
        {
            boxes.UInt32((uint)packet.Length);
            length += packet.Length;
        }

        boxes.End(trun);
        boxes.End(traf);
        boxes.End(moof);
        boxes.Patch(dataOffset, (uint)(boxes.Position - start + Boxes.HeaderLength));
        boxes.UInt32(checked((uint)length));
        boxes.Bytes("mdat"u8);
        return boxes.ToArray();
    }
}

using System.Buffers.Binary;
using TranscoderStub.Encoders;
using TranscoderStub.Packaging;

namespace TranscoderStub.JustInTime;

/// <summary>One encoder and the segments that come out of it, one after the other. As long as nobody asks for the next one, the encoder stands still.</summary>
internal sealed class SegmentProducer : IAsyncDisposable
{
    private readonly TitlePlan _plan;
    private readonly Rendition _rendition;
    private readonly EncoderServices _services;
    private readonly ToolProcess _process;
    private readonly PacketReader _packets;
    private int _next;
    private int _leadIn;

    // What the segment before ended with and the next one begins with again.
    private List<byte[]> _repeated = [];

    private SegmentProducer(TitlePlan plan, Rendition rendition, int first, EncoderServices services, ToolProcess process)
    {
        _plan = plan;
        _rendition = rendition;
        _next = first;
        _services = services;
        _process = process;
        _leadIn = EncodeArguments.LeadIn(rendition);
        _packets = new PacketReader(new BufferedStream(process.Output, 1 << 16), services.Encoding.MaxSegmentBytes);
    }

    public int ProcessId => _process.Id;

    /// <exception cref="TranscodeException">ffmpeg is not there.</exception>
    public static SegmentProducer Start(TitlePlan plan, Rendition rendition, int first, EncoderServices services) =>
        new(plan, rendition, first, services, services.Tools.Start("ffmpeg", EncodeArguments.For(plan, rendition, first, services.Encoding)));

    /// <summary>Writes the next segment, complete or not at all as far as anybody is concerned who has the spool.</summary>
    /// <param name="spool">Where it goes.</param>
    /// <param name="giveWay">Asked before each packet; the encoder stands still until it returns.</param>
    /// <param name="stop">The encoder shall end.</param>
    /// <exception cref="TranscodeException">The encoder ended before it was.</exception>
    public async Task NextAsync(SegmentSpool spool, Func<ValueTask> giveWay, CancellationToken stop)
    {
        try
        {
            for (; _leadIn > 0; _leadIn--)
            {
                if (await _packets.NextAsync(stop) is null) throw new EndOfStreamException();
            }

            var packager = Packager(spool);
            var (first, border) = (_rendition.Timeline.FirstFrame(_next), _rendition.Timeline.FirstFrame(_next + 1));
            var (before, repeated) = (_repeated, new List<byte[]>());
            long bytes = 0;
            for (var frame = first; frame < _rendition.Timeline.Frames && frame < border + _rendition.OverlapFrames; frame++)
            {
                await giveWay();
                var packet = frame - first < before.Count ? before[(int)(frame - first)] : await _packets.NextAsync(stop) ?? throw new EndOfStreamException();
                if (frame >= border) repeated.Add(packet);
                if (frame == first && _rendition.IsVideo && !IsKeyFrame(packet)) throw TranscodeException.EncoderFailed("A segment does not begin with a key frame.", transient: false);
                bytes += packet.Length;
                if (bytes > _services.Encoding.MaxSegmentBytes) throw TranscodeException.EncoderFailed("A segment became larger than Transcoder:Encoding:MaxSegmentBytes.", transient: false);
                await packager.AddAsync(packet, stop);
            }

            await packager.EndAsync(stop);
            _repeated = repeated;
            _next++;

            // Looked at when the segment is complete: what was written over, before or meanwhile, must not be kept under the name of what was there.
            if (!_plan.Source.IsAsMeasured) throw TranscodeException.SourceGone();
        }
        catch (EndOfStreamException)
        {
            throw await WhyItEndedAsync(stop);
        }
        catch (InvalidDataException e)
        {
            throw TranscodeException.EncoderFailed(e.Message, transient: false);
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private ISegmentPackager Packager(Stream output) => _rendition.Container switch
    {
        SegmentContainer.WebM => new WebMPackager(_rendition, _next, output),
        SegmentContainer.TransportStream => new TransportStreamPackager(_rendition, _next, output),
        _ => new CmafPackager(_rendition, _next, _services.Cutting.FragmentRatio, output),
    };

    private async Task<TranscodeException> WhyItEndedAsync(CancellationToken stop)
    {
        var (code, errors) = await _process.EndAsync(stop);

        // .NET reports a death by signal as 128 + its number.
        if (code > 128) return TranscodeException.EncoderFailed("The encoder was killed.", transient: true);
        if ((_plan.Source.IsFile && !File.Exists(_plan.Source.Input)) || SourceComplaints.Match(errors)) return TranscodeException.SourceGone();
        if (MemoryComplaints.Match(errors)) return TranscodeException.NeedsMemory();
        return code == 0
            ? new TranscodeException(502, "TRANSCODER_SOURCE_SHORT", "The source ends before it said it would.")
            : TranscodeException.EncoderFailed("The encoder could not read or encode the source.", transient: false);
    }

    // Length-prefixed NAL units (ISO/IEC 14496-15); type 5 is a slice of an instantaneous refresh.
    private static bool IsKeyFrame(ReadOnlySpan<byte> packet)
    {
        while (packet.Length > 4)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(packet);
            if ((packet[4] & 0x1F) == 5) return true;
            if (length > packet.Length - 4) return false;
            packet = packet[(4 + (int)length)..];
        }

        return false;
    }
}

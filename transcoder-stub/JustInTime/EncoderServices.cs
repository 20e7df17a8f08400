using TranscoderStub.Encoders;

namespace TranscoderStub.JustInTime;

/// <summary>What all encoders share.</summary>
internal sealed record EncoderServices(
    EncodingOptions Encoding, JustInTimeOptions Cutting, FfmpegTools Tools, EncoderSlots Slots, SegmentStore Store, WorkCounters Work, Demand Demand, TimeProvider Time,
    ILogger<RenditionEncoder> Log);

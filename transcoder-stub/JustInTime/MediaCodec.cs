namespace TranscoderStub.JustInTime;

/// <summary>What renditions are encoded to.</summary>
internal enum MediaCodec
{
    H264,
    Aac,
    Opus,
}

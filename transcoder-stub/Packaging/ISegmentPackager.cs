namespace TranscoderStub.Packaging;

/// <summary>Writes one segment while its packets come, so that no more of it than a part is in memory. For one writer; the output is the caller's.</summary>
internal interface ISegmentPackager
{
    /// <summary>The next packet, in the order of time.</summary>
    ValueTask AddAsync(byte[] packet, CancellationToken stop);

    /// <summary>What has not been written yet. All packets have come.</summary>
    ValueTask EndAsync(CancellationToken stop);
}

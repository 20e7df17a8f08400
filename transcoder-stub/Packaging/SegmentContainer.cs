namespace TranscoderStub.Packaging;

/// <summary>What segments are wrapped in.</summary>
internal enum SegmentContainer
{
    /// <summary>CMAF (ISO/IEC 23000-19), with an initialisation section.</summary>
    Cmaf,

    /// <summary>WebM (RFC 9559); each chunk initialises itself.</summary>
    WebM,

    /// <summary>MPEG-TS (ISO/IEC 13818-1, RFC 8216 section 3.2); each segment initialises itself.</summary>
    TransportStream,
}

namespace TranscoderStub.Live;

/// <summary>Whether a segment number can be had.</summary>
internal enum SegmentPresence
{
    NotYet,
    Present,
    Gone,
}

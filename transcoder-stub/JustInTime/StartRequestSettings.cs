namespace TranscoderStub.JustInTime;

/// <summary>The part of a start request that changes what is made, as it came in.</summary>
internal sealed record StartRequestSettings(string? Format, double? SegmentSec, bool? Enhanced, string? Preset, double? Intensity, double? OverlapSec = null)
{
    public static StartRequestSettings None { get; } = new(null, null, null, null, null);
}

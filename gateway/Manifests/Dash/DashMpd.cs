using System.Collections.Immutable;
using Gateway.Media;

namespace Gateway.Manifests.Dash;

/// <summary>An MPD (ISO/IEC 23009-1, 5.3.1).</summary>
internal sealed class DashMpd : DashDocument
{
    /// <summary>Where patches of it lie.</summary>
    public ImmutableArray<MediaAddress> PatchLocations { get; init; } = [];

    /// <summary>Highest bitrate of the audio that comes beside the video, bit/s; 0 for none.</summary>
    public long AudioBandwidth { get; init; }
}

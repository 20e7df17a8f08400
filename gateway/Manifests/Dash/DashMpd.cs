using System.Collections.Immutable;
using Gateway.Media;

namespace Gateway.Manifests.Dash;

/// <summary>An MPD (ISO/IEC 23009-1, 5.3.1).</summary>
internal sealed class DashMpd : DashDocument
{
    /// <summary>Where patches of it lie.</summary>
    public ImmutableArray<MediaAddress> PatchLocations { get; init; } = [];
}

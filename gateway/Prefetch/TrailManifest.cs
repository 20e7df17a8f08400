using Gateway.Manifests.Timeline;
using Gateway.Origin;

namespace Gateway.Prefetch;

/// <summary>A manifest that a viewer has loaded, in its last version. The timelines are shared by all viewers.</summary>
internal sealed class TrailManifest(MediaAddress address)
{
    public MediaAddress Address => address;

    public IReadOnlyList<MediaTimeline> Timelines { get; set; } = [];

    public bool TryFind(MediaAddress asked, ByteRange? range, out int ordinal, out int index)
    {
        for (ordinal = 0; ordinal < Timelines.Count; ordinal++)
        {
            if (Timelines[ordinal].TryFind(asked, range, out index)) return true;
        }

        index = -1;
        return false;
    }
}

using System.Runtime.InteropServices;
using Gateway.Timelines;

namespace Gateway.Prefetch;

/// <summary>
/// Where a requested resource stands in the manifests that a session has loaded, as of the moment of the look-up. Good for one request: a manifest that is loaded anew makes it
/// stale, which <see cref="PlaybackTracker"/> notices and looks again.
/// </summary>
/// <param name="Manifest">The manifest that lists it; null when none does.</param>
/// <param name="Ordinal">Number of the timeline within the manifest.</param>
/// <param name="Timeline">That timeline.</param>
/// <param name="Index">Number of the entry within the timeline.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TrackedLocation(TrackedManifest? Manifest, int Ordinal, MediaTimeline? Timeline, int Index)
{
    public static TrackedLocation Nowhere { get; } = new(null, -1, null, -1);

    public bool IsListed => Timeline is not null;

    /// <summary>The segment or part itself, where one is listed.</summary>
    public TimelineEntry Entry => Timeline![Index];
}

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
/// <param name="Version">Of what the session had loaded, where nothing listed it; 0 else.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TrackedLocation(TrackedManifest? Manifest, int Ordinal, MediaTimeline? Timeline, int Index, int Version = 0)
{
    /// <summary>What was looked up and not found.</summary>
    /// <param name="version">Of what the session had loaded, from 1 on.</param>
    public static TrackedLocation NowhereIn(int version) => new(null, -1, null, -1, version);

    public bool IsListed => Timeline is not null;

    /// <summary>The segment or part itself, where one is listed.</summary>
    public TimelineEntry Entry => Timeline![Index];
}

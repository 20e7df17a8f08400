using Gateway.Manifests.Hls;
using Gateway.Media;

namespace Gateway.Manifests.Dash;

/// <summary>XML of a presentation, an MPD or a part of one: both are rewritten by the same rules.</summary>
internal abstract class DashDocument : UpstreamManifest
{
    public sealed override StreamingProtocol Protocol => StreamingProtocol.Dash;

    /// <inheritdoc/>
    public sealed override bool? Rewrite(ReadOnlySpan<byte> source, ReferenceMap map, HlsVariables variables, PooledBuffer rewritten, ManifestMetrics metrics) =>
        ManifestChange.Of(DashRewriter.Rewrite(source, map, rewritten));
}

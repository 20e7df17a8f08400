using Gateway.Media;

namespace Gateway.Manifests.Hls;

/// <summary>A playlist of either kind: both are rewritten line by line, by the same rules.</summary>
internal abstract class HlsPlaylistManifest : UpstreamManifest
{
    public sealed override StreamingProtocol Protocol => StreamingProtocol.Hls;

    /// <inheritdoc/>
    public sealed override bool? Rewrite(ReadOnlySpan<byte> source, ReferenceMap map, HlsVariables variables, PooledBuffer rewritten, ManifestMetrics metrics)
    {
        var rewrite = HlsRewriter.Rewrite(source, map, variables, rewritten);
        // What a bitrate limit leaves of it says nothing about the rest.
        StandsForAll |= rewrite.StandsForAll && source.Length == Body.Length;
        metrics.Rewritten(rewrite);
        return ManifestChange.Of(rewrite.Outcome);
    }
}

using Gateway.Manifests.Hls;
using Gateway.Media;

namespace Gateway.Manifests;

/// <summary>JSON or XML beside the manifests: an asset list, a steering manifest, or something else that goes out as it is.</summary>
/// <param name="protocol">Of the manifests that it belongs to, as its format lets one guess.</param>
internal sealed class AuxiliaryDocument(StreamingProtocol protocol) : UpstreamManifest
{
    public override StreamingProtocol Protocol => protocol;

    /// <inheritdoc/>
    public override bool? Rewrite(ReadOnlySpan<byte> source, ReferenceMap map, HlsVariables variables, PooledBuffer rewritten, ManifestMetrics metrics) =>
        ManifestChange.Of(HlsDocument.Rewrite(source, map, rewritten, out _));
}

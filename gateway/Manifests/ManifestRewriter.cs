using Gateway.Manifests.Dash;
using Gateway.Manifests.Hls;
using Gateway.Origin;

namespace Gateway.Manifests;

/// <summary>Rewrites an upstream manifest for one session and codes it for its client.</summary>
internal sealed class ManifestRewriter(Upstreams upstreams, ManifestsOptions options, ManifestMetrics metrics)
{
    /// <summary>Content coding of the answer; null for none.</summary>
    public string? CodingFor(UpstreamManifest manifest, string? acceptEncoding) =>
        options.CompressFrom == 0 || manifest.Body.Length < options.CompressFrom ? null : BodyEncoding.Choose(acceptEncoding);

    /// <returns>False when the manifest cannot be rewritten safely: it is none, or breaks a limit.</returns>
    public bool TryRewrite(
        UpstreamManifest manifest, StreamRequest request, string finalUrl, ReferenceTarget target, string? coding, out ManifestBody body)
    {
        body = default;
        var table = upstreams.Current;
        if (!Uri.TryCreate(finalUrl, UriKind.Absolute, out var url)) return false;

        // A redirect moves the base away from where the player believes it to be, so relative references have to be written out.
        var mirrored = request.Mirrored && table.TryLocate(url, request.Address.Cluster, out var at) && at == request.Address;
        var map = new ReferenceMap(table, request.Address.Cluster, url, target, mirrored);
        var rewritten = new PooledBuffer(manifest.Body.Length + manifest.Body.Length / 4);
        var changed = manifest.IsDocument ? Of(HlsDocument.Rewrite(manifest.Body, map, rewritten, out _))
            : manifest.Protocol == StreamingProtocol.Dash ? Of(DashRewriter.Rewrite(manifest.Body, map, rewritten))
            : RewriteHls(manifest, map, new HlsVariables(request.Trail.Variables, url.Query), rewritten);
        if (changed is null)
        {
            rewritten.Dispose();
            return false;
        }

        metrics.LeftForeign(manifest.Protocol, map.ForeignCount);
        body = changed.Value ? new ManifestBody(rewritten.Written, rewritten) : new ManifestBody(manifest.Body, null);
        if (!changed.Value) rewritten.Dispose();
        if (coding is not null) body = Coded(body, coding);
        return true;
    }

    private bool? RewriteHls(UpstreamManifest manifest, ReferenceMap map, HlsVariables variables, PooledBuffer rewritten)
    {
        var rewrite = HlsRewriter.Rewrite(manifest.Body, map, variables, rewritten);
        metrics.Rewritten(rewrite);
        return Of(rewrite.Outcome);
    }

    private static ManifestBody Coded(ManifestBody plain, string coding)
    {
        using (plain)
        {
            var coded = BodyEncoding.Encode(plain.Bytes.Span, coding);
            return new ManifestBody(coded.Written, coded);
        }
    }

    private static bool? Of(HlsOutcome outcome) => outcome switch
    {
        HlsOutcome.Rewritten => true,
        HlsOutcome.Unchanged => false,
        _ => null,
    };

    private static bool? Of(DashOutcome outcome) => outcome switch
    {
        DashOutcome.Rewritten => true,
        DashOutcome.Unchanged => false,
        _ => null,
    };
}

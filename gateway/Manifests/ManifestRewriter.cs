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
        var offered = Offered(manifest, request);
        var source = offered.Bytes.Span;
        var rewritten = new PooledBuffer(source.Length + source.Length / 4);
        var changed = manifest.IsDocument ? Of(HlsDocument.Rewrite(source, map, rewritten, out _))
            : manifest.Protocol == StreamingProtocol.Dash ? Of(DashRewriter.Rewrite(source, map, rewritten))
            : RewriteHls(source, map, new HlsVariables(request.Trail.Variables, url.Query), rewritten);
        if (changed is null)
        {
            offered.Dispose();
            rewritten.Dispose();
            return false;
        }

        metrics.LeftForeign(manifest.Protocol, map.ForeignCount);
        body = changed.Value ? new ManifestBody(rewritten.Written, rewritten) : offered;
        if (changed.Value) offered.Dispose();
        else rewritten.Dispose();
        if (coding is not null) body = Coded(body, coding);
        return true;
    }

    private bool? RewriteHls(ReadOnlySpan<byte> playlist, ReferenceMap map, HlsVariables variables, PooledBuffer rewritten)
    {
        var rewrite = HlsRewriter.Rewrite(playlist, map, variables, rewritten);
        metrics.Rewritten(rewrite);
        return Of(rewrite.Outcome);
    }

    /// <summary>The manifest without what is above the viewer's bitrate.</summary>
    private static ManifestBody Offered(UpstreamManifest manifest, StreamRequest request)
    {
        if (request.MaxKbps == 0 || manifest.IsDocument) return new ManifestBody(manifest.Body, null);
        var shorter = new PooledBuffer(manifest.Body.Length);
        var bitsPerSecond = request.MaxKbps * 1000L;
        if (manifest.Protocol == StreamingProtocol.Dash ? DashLadderCap.TryApply(manifest.Body, bitsPerSecond, shorter) : HlsLadderCap.TryApply(manifest.Body, bitsPerSecond, shorter))
            return new ManifestBody(shorter.Written, shorter);
        shorter.Dispose();
        return new ManifestBody(manifest.Body, null);
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

using System.Collections.Frozen;
using Gateway.Adaptation.Players;
using Gateway.Adaptation.Policy;
using Gateway.Manifests.Dash;
using Gateway.Manifests.Hls;
using Gateway.Manifests.Offers;
using Gateway.Media;
using Gateway.Origin;
using Gateway.Playback.Requests;
using Gateway.Steering;
using Gateway.Timelines;

namespace Gateway.Manifests;

/// <summary>
/// Rewrites an upstream manifest for one session and encodes it for its client. A manifest that goes out as it came in, whole or cut to a bitrate, is compressed once for all that
/// get it; one that is written for one session is bounded before it is written (<see cref="RewritingBudget"/>).
/// </summary>
internal sealed class ManifestRewriter(Upstreams upstreams, ManifestsOptions options, OfferReader offers, RewritingBudget budget, ManifestMetrics metrics, SteeringPlan steering)
{
    /// <summary>From which the bodies are taken that it makes.</summary>
    public RewritingBudget Budget => budget;

    /// <summary>Whether players may be told other gateways to go to.</summary>
    public bool Steers => steering.IsOn;

    /// <summary>Content coding that the client accepts; null for none, or where nothing is to be compressed.</summary>
    public string? AcceptedCoding(string? acceptEncoding) => options.CompressFrom == 0 ? null : BodyEncoding.Choose(acceptEncoding);

    /// <summary>Makes the body to send; a refusal leaves nothing behind.</summary>
    /// <param name="manifest">What upstream sent.</param>
    /// <param name="request">The viewer's.</param>
    /// <param name="finalUrl">Where the manifest came from.</param>
    /// <param name="target">How the player reaches the gateway.</param>
    /// <param name="importable">Variables that the playlist may import.</param>
    /// <param name="accepted">Coding that the client accepts.</param>
    /// <param name="body">To be disposed when it is out.</param>
    /// <returns>
    /// <see cref="ManifestOutcome.Served"/>; or why not: it is no manifest or breaks a limit of its format, grows too large, cannot be held to the viewer's bitrate, or
    /// there is no memory for it.
    /// </returns>
    public ManifestOutcome Rewrite(
        UpstreamManifest manifest,
        PlaybackRequest request,
        string finalUrl,
        ReferenceTarget target,
        FrozenDictionary<string, string> importable,
        string? accepted,
        out ManifestBody body)
    {
        body = default;
        var table = upstreams.Current;
        if (!UrlReference.TryParse(finalUrl, out var url)) return ManifestOutcome.Invalid;

        // A redirect moves the base away from the URL that the player knows, so relative references have to be written out.
        var mirrored = request.Mirrored && table.TryLocate(url, request.Address.Cluster, out var at) && at == request.Address;
        var map = new ReferenceMap(table, request.Address.Cluster, url, target, mirrored);
        PooledBuffer? rewritten = null;
        try
        {
            var source = Started(Offered(manifest, request, finalUrl), manifest, request);
            var length = source.Bytes.Length;
            var server = manifest is HlsMultivariantPlaylist or DashMpd ? steering.UrlFor(target.PublicOrigin, manifest is DashMpd, request.SessionId) : null;
            if (map.IsMirrored && manifest.StandsForAll && source == manifest.Whole && server is null)
            {
                body = AsItIs(source, accepted);
                return ManifestOutcome.Served;
            }

            if (!budget.Admits(request.Start?.Household ?? 0)) return ManifestOutcome.Overloaded;
            rewritten = new PooledBuffer(Math.Max(length + (length / 4L), manifest.RewrittenBytes), budget, budget.LongestOf(length));
            var changed = manifest.Rewrite(source.Bytes.Span, map, new HlsVariables(importable, url.Query), rewritten, metrics);
            if (changed is null) return ManifestOutcome.Invalid;
            metrics.LeftForeign(manifest.Protocol, map.ForeignCount);
            if (server is not null && Steered(manifest, changed.Value ? rewritten.Written.Span : source.Bytes.Span, server, target.PathOf(request.Address), map.IsMirrored) is { } steered)
            {
                rewritten.Dispose();
                rewritten = steered;
                changed = true;
            }

            if (changed.Value)
            {
                manifest.RewrittenBytes = rewritten.Written.Length;
                body = Coded(rewritten, accepted);
                rewritten = null;
            }
            else
            {
                body = AsItIs(source, accepted);
            }

            return ManifestOutcome.Served;
        }
        catch (ManifestRefusedException refused)
        {
            return refused.Outcome;
        }
        finally
        {
            rewritten?.Dispose();
        }
    }

    /// <summary>The manifest without what is above the viewer's bitrate.</summary>
    private SharedBody Offered(UpstreamManifest manifest, PlaybackRequest request, string finalUrl)
    {
        if (request.Adapted?.Auto is { } auto && auto.Manifest.Path == request.Address.Path && auto.Manifest.Cluster == request.Address.Cluster && SoleRungOf(manifest, auto, request.Adapted.Player) is { } sole) return sole;
        if (request.MaxKbps == 0 || manifest is AuxiliaryDocument) return manifest.Whole;
        var offer = offers.Of(manifest, request.MaxKbps, finalUrl, request.Address.Cluster);
        if (offer is { IsRefused: true }) throw new ManifestRefusedException(ManifestOutcome.Unlimitable);
        return offer?.Body ?? manifest.Whole;
    }

    /// <summary>The manifest with what helps this session's player to begin; itself where nothing does.</summary>
    private static SharedBody Started(SharedBody offered, UpstreamManifest manifest, PlaybackRequest request)
    {
        if (request.Adapted is not { HelpsStart: true, Auto: null } session || manifest is not (HlsMultivariantPlaylist or DashMpd)) return offered;
        using var changed = new PooledBuffer(offered.Bytes.Length + 512);
        var isChanged = manifest is DashMpd
            ? DashStart.TryApply(offered.Bytes.Span, session.ExpectedKbps ?? 0, session.OperatorKbps, changed)
            : session is { BeginsWithTheFirst: true, ExpectedKbps: { } kbps } && HlsStartOrder.TryApply(offered.Bytes.Span, kbps * 1000L, changed);
        return isChanged ? new SharedBody(changed.Written.ToArray()) : offered;
    }

    /// <summary>The manifest with what moves its players to another gateway when this one drains; null where it has steering of its own.</summary>
    private PooledBuffer? Steered(UpstreamManifest manifest, ReadOnlySpan<byte> plain, string server, string self, bool isMirrored)
    {
        var path = self.Split('?')[0];
        var output = new PooledBuffer(plain.Length + 4096, budget, budget.LongestOf(plain.Length));
        var isChanged = false;
        try
        {
            isChanged = manifest is DashMpd
                ? DashSteering.TryApply(plain, server, [.. steering.OwnFirst.Select(static p => (p.Name, p.Origin))], self, isMirrored ? path[..(path.LastIndexOf('/') + 1)] : null, output)
                : HlsSteering.TryApply(plain, server, output);
            return isChanged ? output : null;
        }
        finally
        {
            if (!isChanged) output.Dispose();
        }
    }

    /// <summary>The manifest with the rung alone that players of <c>auto</c> are shown; null for one that has no other. It is short, or made once for a film, hence not kept.</summary>
    private static SharedBody? SoleRungOf(UpstreamManifest manifest, AlignedLadder auto, PlayerClass player)
    {
        var cut = SoleRung.Of(auto.Shown.Variant.Bandwidth, CodecFamily.Of(auto.Shown.Variant.Codecs));
        using var shorter = new PooledBuffer(manifest.Body.Length);
        var isCut = manifest switch
        {
            HlsMultivariantPlaylist => HlsLadderCap.TryApply(manifest.Body, cut, shorter),
            DashMpd => DashLadderCap.Apply(manifest.Body, cut, shorter) == DashCapOutcome.Cut,
            _ => false,
        };
        if (!isCut) return null;
        var declared = auto.Rungs[AutoRendition.Declared(auto.Rungs.Length, player, manifest is HlsMultivariantPlaylist)].Variant;
        if (declared.Bandwidth == auto.Shown.Variant.Bandwidth) return new SharedBody(shorter.Written.ToArray());
        using var lower = new PooledBuffer(shorter.Written.Length + 64);
        HlsDeclaredBitrate.Write(shorter.Written.Span, declared.Bandwidth, declared.AverageBandwidth, lower);
        return new SharedBody(lower.Written.ToArray());
    }

    private ManifestBody AsItIs(SharedBody body, string? accepted) =>
        IsCoded(body.Bytes.Length, accepted) ? new ManifestBody(body.In(accepted!, budget), null, accepted) : new ManifestBody(body.Bytes, null, null);

    private ManifestBody Coded(PooledBuffer plain, string? accepted)
    {
        if (!IsCoded(plain.Written.Length, accepted)) return new ManifestBody(plain.Written, plain, null);
        using (plain)
        {
            var coded = BodyEncoding.Encode(plain.Written.Span, accepted!, thoroughly: false, budget);
            return new ManifestBody(coded.Written, coded, accepted);
        }
    }

    private bool IsCoded(int length, string? accepted) => accepted is not null && length >= options.CompressFrom;
}

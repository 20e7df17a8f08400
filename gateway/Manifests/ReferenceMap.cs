using System.Buffers;
using System.Text;
using Gateway.Origin;

namespace Gateway.Manifests;

/// <summary>
/// Maps references of one manifest to what the player shall ask: resolves against the upstream's final URL (RFC 3986 §5.2), finds the
/// cluster, and writes the gateway's own path. Deterministic: the same reference gives the same bytes for the whole session.
/// </summary>
/// <remarks>Not thread-safe; made per rewrite.</remarks>
internal sealed class ReferenceMap
{
    private readonly UpstreamTable _upstreams;
    private readonly string _cluster;
    private readonly ReferenceTarget _target;
    private readonly bool _mirrored;

    /// <param name="upstreams">The configured clusters.</param>
    /// <param name="cluster">Cluster that the manifest came from; preferred where several hold a URL.</param>
    /// <param name="upstreamBase">Final URL of the manifest after redirects.</param>
    /// <param name="target">How the player reaches the gateway.</param>
    /// <param name="mirrored">
    /// Whether the player's own URL for this manifest is the mapped form of <paramref name="upstreamBase"/>, so that relative references
    /// resolve right by themselves.
    /// </param>
    public ReferenceMap(UpstreamTable upstreams, string cluster, Uri upstreamBase, ReferenceTarget target, bool mirrored)
    {
        _upstreams = upstreams;
        _cluster = cluster;
        _target = target;
        _mirrored = mirrored;
        Base = upstreamBase;
    }

    /// <summary>URL against which references are resolved.</summary>
    public Uri Base { get; }

    /// <summary>Whether relative references of the manifest lead through the gateway as they stand.</summary>
    public bool IsMirrored => _mirrored;

    /// <summary>How the player reaches the gateway.</summary>
    public ReferenceTarget Target => _target;

    /// <summary>References that led to hosts that are not configured.</summary>
    public int ForeignCount { get; private set; }

    /// <summary>Counts a reference that a caller with bases of its own (DASH) found to be foreign.</summary>
    public void CountForeign() => ForeignCount++;

    /// <summary>Finds the address of an absolute URL; false for hosts that are not configured.</summary>
    public bool TryLocate(Uri url, out MediaAddress address) => _upstreams.TryLocate(url, _cluster, out address);

    /// <summary>Finds the upstream URL of an address; false for a cluster that is not configured.</summary>
    public bool TryGetUrl(MediaAddress address, out Uri url) => _upstreams.TryGetUrl(address, out url);

    /// <summary>Decides about one reference and, for <see cref="ReferenceVerdict.Replaced"/>, writes what stands in its place.</summary>
    public ReferenceVerdict Map(ReadOnlySpan<byte> reference, ReferenceForm form, IBufferWriter<byte> replacement)
    {
        if (!TryResolve(reference, out var url)) return ReferenceVerdict.Keep;
        if (!_upstreams.TryLocate(url, _cluster, out var address))
        {
            ForeignCount++;
            if (_mirrored) return ReferenceVerdict.Foreign;
            Encoding.UTF8.GetBytes(url.OriginalString, replacement);
            return ReferenceVerdict.Replaced;
        }

        if (form == ReferenceForm.Absolute) Encoding.UTF8.GetBytes(_target.PublicOrigin, replacement);
        Encoding.UTF8.GetBytes(_target.PathOf(address), replacement);
        return ReferenceVerdict.Replaced;
    }

    /// <summary>Finds where a reference leads upstream; false for other schemes, foreign hosts and what is no URI reference.</summary>
    public bool TryLocate(ReadOnlySpan<byte> reference, out MediaAddress address)
    {
        address = default;
        return TryResolve(reference, out var url) && _upstreams.TryLocate(url, _cluster, out address);
    }

    private bool TryResolve(ReadOnlySpan<byte> reference, out Uri url) =>
        Uri.TryCreate(Base, Encoding.UTF8.GetString(reference), out url!) && url.Scheme is "http" or "https";
}

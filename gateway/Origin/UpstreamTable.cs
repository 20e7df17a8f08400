using System.Collections.Frozen;

namespace Gateway.Origin;

/// <summary>
/// Immutable picture of the configured clusters: which absolute URLs are ours, and under which address.
/// Swapped whole when the configuration is reloaded. A URL that is not found here is never contacted.
/// </summary>
internal sealed class UpstreamTable
{
    private readonly FrozenDictionary<string, Upstream[]> _byAuthority;
    private readonly FrozenDictionary<string, Upstream> _byCluster;

    /// <param name="upstreams">One entry per destination address or media host, in the order of preference.</param>
    public UpstreamTable(IEnumerable<Upstream> upstreams)
    {
        var all = upstreams.ToArray();
        _byCluster = all.GroupBy(u => u.Cluster, StringComparer.Ordinal).ToFrozenDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        _byAuthority = all
            .GroupBy(u => AuthorityOf(u.Address), StringComparer.OrdinalIgnoreCase)
            .ToFrozenDictionary(
                g => g.Key,
                g => g.OrderByDescending(u => u.Address.AbsolutePath.Length).ToArray(),
                StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Whether a cluster of this id is configured (with or without a destination that is up).</summary>
    public bool Knows(string cluster) => _byCluster.ContainsKey(cluster);

    /// <summary>The URL of an address at the cluster's first destination: the base against which its references are resolved.</summary>
    public bool TryGetUrl(MediaAddress address, out Uri url)
    {
        url = null!;
        if (!_byCluster.TryGetValue(address.Cluster, out var upstream)) return false;
        var prefix = upstream.Address.GetLeftPart(UriPartial.Path).TrimEnd('/');
        return Uri.TryCreate(prefix + address.Path + address.Query, UriOptions, out url!);
    }

    /// <summary>
    /// Finds the address of an absolute URL. With several matches the cluster <paramref name="preferred"/> wins, then the longest prefix.
    /// Schemes are not compared: behind a media host, http and https are the same content.
    /// </summary>
    public bool TryLocate(Uri url, string preferred, out MediaAddress address)
    {
        var path = url.AbsolutePath;
        address = default;
        if (!TryFind(url, path, preferred, out var upstream)) return false;
        address = new MediaAddress(upstream.Cluster, upstream.Below(path), url.Query);
        return true;
    }

    /// <summary>Finds what holds a path at the host of a URL, with the same preference.</summary>
    /// <param name="host">Only its host and port count.</param>
    /// <param name="path">Absolute, percent-encoded, free of dot segments.</param>
    /// <param name="preferred">Cluster that wins.</param>
    /// <param name="upstream">What holds it.</param>
    public bool TryFind(Uri host, string path, string preferred, out Upstream upstream)
    {
        upstream = null!;
        if (!_byAuthority.TryGetValue(AuthorityOf(host), out var candidates)) return false;
        foreach (var candidate in candidates)
        {
            if (!candidate.Holds(path)) continue;
            if (string.Equals(candidate.Cluster, preferred, StringComparison.Ordinal))
            {
                upstream = candidate;
                return true;
            }

            upstream ??= candidate;
        }

        return upstream is not null;
    }

    /// <summary>Paths must reach the wire as the manifest spells them: no unescaping of %2F and friends.</summary>
    internal static readonly UriCreationOptions UriOptions = new() { DangerousDisablePathAndQueryCanonicalization = false };

    private static string AuthorityOf(Uri url) => $"{url.IdnHost}:{url.Port}";

    /// <summary>One place where a cluster's content is found.</summary>
    /// <param name="Cluster">Cluster id.</param>
    /// <param name="Address">Absolute http(s) URL; its path is a prefix of all content.</param>
    internal sealed record Upstream(string Cluster, Uri Address)
    {
        /// <summary>Path before all content: empty, or starting with a slash and ending without one.</summary>
        public string Prefix { get; } = Address.AbsolutePath.TrimEnd('/');

        public bool Holds(string path) =>
            path.StartsWith(Prefix, StringComparison.Ordinal) && (path.Length == Prefix.Length || path[Prefix.Length] == '/');

        public string Below(string path) => path.Length == Prefix.Length ? "/" : path[Prefix.Length..];
    }
}

using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using Gateway.Media;

namespace Gateway.Origin;

/// <summary>
/// Immutable snapshot of the clusters that hold media: it maps absolute URLs to media addresses.
/// The table is swapped whole when the configuration is reloaded. A URL that is not found here is never contacted.
/// </summary>
internal sealed class UpstreamTable
{
    private const int AuthorityBuffer = 262;

    private readonly FrozenDictionary<string, Upstream[]> _byAuthority;
    private readonly FrozenDictionary<string, Upstream[]>.AlternateLookup<ReadOnlySpan<char>> _byAuthoritySpan;
    private readonly FrozenDictionary<string, string?> _rootByCluster;
    private readonly FrozenDictionary<string, string[]>.AlternateLookup<ReadOnlySpan<char>> _methodsByCluster;

    /// <param name="upstreams">One entry per destination address or media host, in the order of preference.</param>
    /// <param name="clusters">Clusters that are configured without any upstream.</param>
    /// <param name="methods">Allowed methods of clusters that take more than GET and HEAD.</param>
    public UpstreamTable(IEnumerable<Upstream> upstreams, IEnumerable<string>? clusters = null, IReadOnlyDictionary<string, string[]>? methods = null)
    {
        _methodsByCluster = (methods ?? new Dictionary<string, string[]>(StringComparer.Ordinal))
            .ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        var all = upstreams.ToArray();
        _rootByCluster = all
            .Where(u => !u.IsMediaHost)
            .Select(u => (u.Cluster, Root: (string?)u.Root))
            .Concat((clusters ?? []).Select(c => (Cluster: c, Root: (string?)null)))
            .DistinctBy(u => u.Cluster, StringComparer.Ordinal)
            .ToFrozenDictionary(u => u.Cluster, u => u.Root, StringComparer.Ordinal);
        _byAuthority = all
            .SelectMany(u => u.Authorities(), (Upstream, Authority) => (Upstream, Authority))
            .GroupBy(e => e.Authority, e => e.Upstream, StringComparer.OrdinalIgnoreCase)
            .ToFrozenDictionary(g => g.Key, g => g.OrderByDescending(u => u.Prefix.Length).ToArray(), StringComparer.OrdinalIgnoreCase);
        _byAuthoritySpan = _byAuthority.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The empty table, before the first load.</summary>
    public static UpstreamTable Empty { get; } = new([]);

    /// <summary>Whether a cluster of this id is configured (with or without a destination that is up).</summary>
    public bool Knows(string cluster) => _rootByCluster.ContainsKey(cluster);

    /// <summary>Methods besides GET, HEAD and OPTIONS that a cluster takes within a session.</summary>
    public string[] MethodsOf(ReadOnlySpan<char> cluster) => _methodsByCluster.TryGetValue(cluster, out var methods) ? methods : [];

    /// <summary>Whether a cluster takes a method; names of methods are told apart by case (RFC 9110 §9.1).</summary>
    public bool Takes(string method, ReadOnlySpan<char> cluster) => MethodsOf(cluster).Contains(method, StringComparer.Ordinal);

    /// <summary>Destinations below a path of their host whose other paths no cluster covers: references above that path leave the gateway.</summary>
    public IEnumerable<Upstream> DestinationsBelowAPath() => _byAuthority.Values.SelectMany(held => held)
        .Where(u => !u.IsMediaHost && u.Prefix.Length > 0 && !TryLocate(new Uri(u.Address, "/"), u.Cluster, out _))
        .Distinct();

    /// <summary>The URL of an address at the cluster's first destination: the base against which its references are resolved.</summary>
    public bool TryGetUrl(MediaAddress address, out Uri url)
    {
        url = null!;
        return _rootByCluster.TryGetValue(address.Cluster, out var root)
            && root is not null
            && Uri.TryCreate($"{root}{address.Path}{address.Query}", UrlReference.AsSpelled, out url!);
    }

    /// <summary>
    /// Finds the address of an absolute URL. With several matches the cluster <paramref name="preferred"/> wins, then the longest prefix.
    /// Schemes are not compared: behind a media host, http and https are the same content.
    /// </summary>
    /// <remarks>Path and query come out as they were spelled; only characters that cannot stand in a request line are percent-encoded.</remarks>
    public bool TryLocate(ReadOnlySpan<char> url, string preferred, out MediaAddress address)
    {
        address = default;
        if (!UrlParts.TryParse(url, out var parts)) return false;
        Span<char> authority = stackalloc char[AuthorityBuffer];
        if (!authority.TryWrite(CultureInfo.InvariantCulture, $"{parts.Host}:{parts.Port}", out var length)) return false;
        if (!_byAuthoritySpan.TryGetValue(authority[..length], out var candidates)) return false;
        var path = WirePath.Clean(parts.Path);
        if (!WirePath.IsClean(path) || Choose(candidates, path, preferred) is not { } upstream) return false;
        address = new MediaAddress(upstream.Cluster, upstream.Below(path), WirePath.CleanQuery(parts.Query));
        return true;
    }

    /// <inheritdoc cref="TryLocate(ReadOnlySpan{char}, string, out MediaAddress)"/>
    public bool TryLocate(Uri url, string preferred, out MediaAddress address) => TryLocate(url.AbsoluteUri, preferred, out address);

    /// <summary>Finds the upstream of a path at the host of a URL, with the same preference.</summary>
    /// <param name="host">Only its host and port count.</param>
    /// <param name="path">Absolute, percent-encoded, free of dot segments.</param>
    /// <param name="preferred">Cluster that wins.</param>
    /// <param name="upstream">The upstream found.</param>
    public bool TryFind(Uri host, string path, string preferred, out Upstream upstream)
    {
        upstream = null!;
        if (TryHostOf(host) is not { } name || !_byAuthority.TryGetValue($"{name}:{host.Port}", out var candidates)) return false;
        upstream = Choose(candidates, path, preferred)!;
        return upstream is not null;
    }

    private static Upstream? Choose(Upstream[] candidates, string path, string preferred)
    {
        Upstream? first = null;
        foreach (var candidate in candidates)
        {
            if (!candidate.Holds(path)) continue;
            if (string.Equals(candidate.Cluster, preferred, StringComparison.Ordinal)) return candidate;
            first ??= candidate;
        }

        return first;
    }

    /// <summary>Null for a host that breaks the rules of international names, which a <see cref="Uri"/> checks only when it is asked.</summary>
    private static string? TryHostOf(Uri url)
    {
        try
        {
            return HostOf(url);
        }
        catch (UriFormatException)
        {
            return null;
        }
    }

    private static string HostOf(Uri url) => url.HostNameType == UriHostNameType.IPv6 ? $"[{IPAddress.Parse(url.DnsSafeHost)}]" : url.IdnHost;

    /// <summary>One base URL of a cluster's content.</summary>
    /// <param name="Cluster">Cluster id.</param>
    /// <param name="Address">Absolute http(s) URL; its path is a prefix of all content.</param>
    /// <param name="IsMediaHost">
    /// A host under which manifests name the cluster's content, not one of its destinations: never contacted itself. Without a port of
    /// its own it stands for the default ports of both schemes.
    /// </param>
    internal sealed record Upstream(string Cluster, Uri Address, bool IsMediaHost = false)
    {
        /// <summary>Path of the address without its last slash.</summary>
        public string Prefix { get; } = Address.AbsolutePath.TrimEnd('/');

        /// <summary>The address without its last slash, without user information: what the path of a resource is put behind.</summary>
        public string Root { get; } = Address.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped) + Address.AbsolutePath.TrimEnd('/');

        public bool Holds(string path) =>
            path.StartsWith(Prefix, StringComparison.Ordinal) && (path.Length == Prefix.Length || path[Prefix.Length] == '/');

        public string Below(string path) => Prefix.Length == 0 ? path : path.Length == Prefix.Length ? "/" : path[Prefix.Length..];

        /// <summary>Hosts with ports under which a URL is recognised.</summary>
        public IEnumerable<string> Authorities()
        {
            var host = HostOf(Address);
            if (!IsMediaHost || !Address.IsDefaultPort) return [$"{host}:{Address.Port}"];
            return [$"{host}:80", $"{host}:443"];
        }
    }
}

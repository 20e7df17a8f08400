using System.Collections.Frozen;
using Yarp.ReverseProxy.Configuration;

namespace Gateway.Origin;

/// <summary>
/// Refuses configuration that YARP would accept and that would fail only at the first request: at the start with a sentence that names the key, at a reload by keeping the
/// configuration that is in force.
/// </summary>
internal static class ClusterCheck
{
    /// <summary>The one part of YARP that needs an assembly which the gateway is built without.</summary>
    private const string RefusedAffinity = "HashCookie";

    /// <exception cref="NotSupportedException">The cluster cannot work.</exception>
    public static void Refuse(ClusterConfig cluster)
    {
        var key = $"{OriginRegistration.ProxySection}:Clusters:{cluster.ClusterId}";
        if (cluster.SessionAffinity?.Policy is { } policy && string.Equals(policy, RefusedAffinity, StringComparison.OrdinalIgnoreCase))
            throw new NotSupportedException($"{key}:SessionAffinity:Policy: '{policy}' is not available in this gateway. Allowed: Cookie, ArrCookie, CustomHeader.");
        foreach (var (name, destination) in cluster.Destinations ?? FrozenDictionary<string, DestinationConfig>.Empty)
        {
            if (!TryReadAddress(destination.Address, out _))
                throw new NotSupportedException($"{key}:Destinations:{name}:Address: '{WithoutUser(destination.Address)}' is no absolute http or https URL, for example http://10.0.0.5:9090/.");
        }

        foreach (var host in MediaHostsOf(cluster))
        {
            if (!TryReadHost(host, out _))
                throw new NotSupportedException($"{key}:Metadata:{ClusterDefaults.MediaHosts}: '{host}' is no host, for example cdn.example.com or https://cdn.example.com:8443/vod.");
        }

        if (ValueOf(cluster, ClusterDefaults.Media) is { } text && !bool.TryParse(text, out _))
            throw new NotSupportedException($"{key}:Metadata:{ClusterDefaults.Media}: '{text}' is neither true nor false.");
        foreach (var method in MethodsOf(cluster))
        {
            // TRACE would show the fields that the gateway adds (RFC 9110 §9.3.8), and a CONNECT tunnel would bypass every check.
            if (method is "TRACE" or "CONNECT" || method.AsSpan().ContainsAnyExceptInRange('A', 'Z'))
                throw new NotSupportedException($"{key}:Metadata:{ClusterDefaults.MediaMethods}: '{method}' cannot be allowed. Write methods such as POST, PUT, DELETE; never TRACE or CONNECT.");
        }
    }

    /// <summary>Whether manifests, redirects and tickets may lead to a cluster.</summary>
    public static bool IsMedia(ClusterConfig cluster) =>
        string.Equals(cluster.ClusterId, OriginOptions.DefaultCluster, StringComparison.OrdinalIgnoreCase)
        || cluster.Metadata?.ContainsKey(ClusterDefaults.MediaHosts) == true
        || (ValueOf(cluster, ClusterDefaults.Media) is { } text && bool.TryParse(text, out var isMedia) && isMedia);

    /// <summary>The methods in the cluster's metadata.</summary>
    public static string[] MethodsOf(ClusterConfig cluster) => ListOf(cluster, ClusterDefaults.MediaMethods);

    /// <summary>The address without user name and password, for messages.</summary>
    private static string WithoutUser(string? address) => address is null ? "" : address[(address.LastIndexOf('@') + 1)..];

    /// <summary>Reads the address of a destination; its query and fragment would not make sense.</summary>
    public static bool TryReadAddress(string? text, out Uri address) =>
        Uri.TryCreate(text, UriKind.Absolute, out address!)
        && address.Scheme is "http" or "https"
        && address.Host.Length > 0
        && address is { Query: "", Fragment: "" };

    /// <summary>Reads a media host: a name with or without port, or a URL whose path is a prefix.</summary>
    public static bool TryReadHost(string host, out Uri address) =>
        TryReadAddress(host.Contains("://", StringComparison.Ordinal) ? host : $"http://{host}/", out address);

    /// <summary>The hosts in the cluster's metadata.</summary>
    public static string[] MediaHostsOf(ClusterConfig cluster) => ListOf(cluster, ClusterDefaults.MediaHosts);

    private static string? ValueOf(ClusterConfig cluster, string name) => cluster.Metadata is { } metadata && metadata.TryGetValue(name, out var value) ? value : null;

    private static string[] ListOf(ClusterConfig cluster, string name) =>
        ValueOf(cluster, name)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
}

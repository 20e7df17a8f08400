using Yarp.ReverseProxy.Configuration;

namespace Gateway.Origin;

/// <summary>
/// Holds the current table of upstreams. YARP signals when it has applied a configuration; the table is then built anew and swapped
/// whole, so a caller that has read <see cref="Current"/> keeps a consistent snapshot for as long as it needs one. A configuration that YARP
/// refuses never arrives here.
/// </summary>
internal sealed partial class Upstreams(ILogger<Upstreams> logger, IEnumerable<BuiltInCluster>? builtIn = null) : IConfigChangeListener
{
    private volatile UpstreamTable _current = UpstreamTable.Empty;

    public UpstreamTable Current => _current;

    public void ConfigurationApplied(IReadOnlyList<IProxyConfig> proxyConfigs)
    {
        var upstreams = new List<UpstreamTable.Upstream>();
        var clusters = new List<string>();
        var methods = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var config in proxyConfigs)
        {
            foreach (var cluster in config.Clusters)
            {
                // A cluster of an operator's own route is reached by that route alone, whatever a manifest or a redirect names.
                if (!ClusterCheck.IsMedia(cluster)) continue;
                clusters.Add(cluster.ClusterId);
                if (ClusterCheck.MethodsOf(cluster) is { Length: > 0 } more) methods[cluster.ClusterId] = more;
                Add(cluster, upstreams);
            }
        }

        foreach (var own in builtIn ?? []) upstreams.Add(new UpstreamTable.Upstream(own.Id, own.Root));
        _current = new UpstreamTable(upstreams, clusters, methods);
        LogApplied(logger, clusters.Count, upstreams.Count);
        foreach (var below in _current.DestinationsBelowAPath()) LogBelowAPath(logger, below.Cluster, below.Prefix, below.Address.GetLeftPart(UriPartial.Authority) + "/");
        if (!_current.Knows(OriginOptions.DefaultCluster)) LogNothingToPlay(logger, OriginOptions.DefaultCluster, MissingOrigin.Hint(proxyConfigs));
    }

    public void ConfigurationLoaded(IReadOnlyList<IProxyConfig> proxyConfigs)
    {
    }

    public void ConfigurationLoadingFailed(IProxyConfigProvider configProvider, Exception exception) => LogKept(logger, exception);

    public void ConfigurationApplyingFailed(IReadOnlyList<IProxyConfig> proxyConfigs, Exception exception) => LogKept(logger, exception);

    private static void Add(ClusterConfig cluster, List<UpstreamTable.Upstream> upstreams)
    {
        foreach (var destination in cluster.Destinations?.Values ?? [])
        {
            if (ClusterCheck.TryReadAddress(destination.Address, out var address)) upstreams.Add(new UpstreamTable.Upstream(cluster.ClusterId, address));
        }

        foreach (var host in ClusterCheck.MediaHostsOf(cluster))
        {
            if (ClusterCheck.TryReadHost(host, out var address)) upstreams.Add(new UpstreamTable.Upstream(cluster.ClusterId, address, IsMediaHost: true));
        }
    }

    [LoggerMessage(1100, LogLevel.Information, "Media upstreams loaded: {Clusters} clusters, {Addresses} addresses")]
    private static partial void LogApplied(ILogger logger, int clusters, int addresses);

    [LoggerMessage(1101, LogLevel.Warning, "New proxy configuration refused, the previous one stays in force")]
    private static partial void LogKept(ILogger logger, Exception exception);

    [LoggerMessage(1103, LogLevel.Information, "Cluster '{Cluster}' begins at '{Prefix}/': references above that path on the same host leave the gateway. To route them through it, add a cluster: ReverseProxy:Clusters:{Cluster}-root:Destinations:a:Address={Root} and ReverseProxy:Clusters:{Cluster}-root:Metadata:Media=true")]
    private static partial void LogBelowAPath(ILogger logger, string cluster, string prefix, string root);

    [LoggerMessage(1102, LogLevel.Warning, "Cluster '{Cluster}' is not configured: nothing can be played. {Hint}")]
    private static partial void LogNothingToPlay(ILogger logger, string cluster, string hint);
}

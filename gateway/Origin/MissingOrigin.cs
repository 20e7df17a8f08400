using Gateway.Configuration;
using Yarp.ReverseProxy.Configuration;

namespace Gateway.Origin;

/// <summary>
/// What to do where no cluster has the name of the one that everything is played from. A cluster that no route names, that holds no media by its metadata and whose name is one or two letters
/// off can be meant for nothing else: it refuses the start. Who has only routes of their own may do without.
/// </summary>
internal static class MissingOrigin
{
    /// <summary>More letters than this are another word.</summary>
    private const int MostLettersOff = 2;

    /// <exception cref="WrongConfigurationException">A cluster is named nearly so and used for nothing else.</exception>
    public static void RefuseMistypedName(IEnumerable<IProxyConfig> configs)
    {
        var (clusters, routed) = Names(configs);
        if (clusters.Contains(OriginOptions.DefaultCluster, StringComparer.Ordinal)) return;
        var meant = clusters.Where(c => Spelling.Distance(c, OriginOptions.DefaultCluster) <= MostLettersOff && !routed.Contains(c)).Order(StringComparer.Ordinal).FirstOrDefault();
        if (meant is null) return;
        throw new WrongConfigurationException(
            [$"{OriginRegistration.ProxySection}:Clusters:{meant}: no route uses this cluster, and there is none named '{OriginOptions.DefaultCluster}', from which everything is played. Name it '{OriginOptions.DefaultCluster}'."]);
    }

    /// <summary>A sentence for the log.</summary>
    public static string Hint(IEnumerable<IProxyConfig> configs)
    {
        const string Setting = $"{OriginRegistration.ProxySection}:Clusters:{OriginOptions.DefaultCluster}:Destinations:a:Address";
        var nearest = Names(configs).Clusters.Order(StringComparer.Ordinal).MinBy(c => Spelling.Distance(c, OriginOptions.DefaultCluster));
        return nearest is null ? $"Set {Setting}" : $"Set {Setting}, or give '{nearest}' that name";
    }

    private static (string[] Clusters, HashSet<string> Used) Names(IEnumerable<IProxyConfig> configs)
    {
        var all = configs.ToArray();
        var used = all.SelectMany(c => c.Routes).Select(r => r.ClusterId ?? "").ToHashSet(StringComparer.OrdinalIgnoreCase);
        var clusters = all.SelectMany(c => c.Clusters).ToArray();
        used.UnionWith(clusters.Where(c => c.Metadata?.ContainsKey(ClusterDefaults.Media) == true || c.Metadata?.ContainsKey(ClusterDefaults.MediaHosts) == true).Select(c => c.ClusterId));
        return ([.. clusters.Select(c => c.ClusterId)], used);
    }
}

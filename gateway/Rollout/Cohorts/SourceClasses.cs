using Yarp.ReverseProxy;

namespace Gateway.Rollout.Cohorts;

/// <summary>The source class of each cluster, from its metadata <c>Source</c>: <c>local</c> (the default) or <c>external</c>. Follows reloads of the proxy's configuration.</summary>
internal sealed class SourceClasses(IProxyStateLookup clusters)
{
    /// <summary>Name of the metadata.</summary>
    public const string Key = "Source";

    public SourceClass Of(string cluster) =>
        clusters.TryGetCluster(cluster, out var state)
        && state.Model.Config.Metadata?.TryGetValue(Key, out var text) == true
        && string.Equals(text.Trim(), "external", StringComparison.OrdinalIgnoreCase)
            ? SourceClass.External
            : SourceClass.Local;

    /// <summary>Whether the cluster says of itself that it is one.</summary>
    public bool IsSource(string cluster) => clusters.TryGetCluster(cluster, out var state) && state.Model.Config.Metadata?.ContainsKey(Key) == true;

    public static string Label(SourceClass source) => source == SourceClass.External ? "external" : "local";
}

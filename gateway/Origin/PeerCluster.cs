namespace Gateway.Origin;

/// <summary>Ids of the clusters that are other gateways: what goes there is counted as theirs and not as requests to the origin.</summary>
internal static class PeerCluster
{
    private const string Prefix = "peer:";

    public static string IdOf(string node) => Prefix + node;

    public static bool Is(string? cluster) => cluster is not null && cluster.StartsWith(Prefix, StringComparison.Ordinal);
}

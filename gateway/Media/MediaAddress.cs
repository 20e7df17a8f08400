namespace Gateway.Media;

/// <summary>
/// Where a resource lies upstream: a configured cluster, and path and query below the address of the cluster's destinations.
/// </summary>
/// <param name="Cluster">Id of a configured YARP cluster.</param>
/// <param name="Path">Starts with <c>/</c>, percent-encoded exactly as it goes on the wire, free of dot segments.</param>
/// <param name="Query">Empty, or <c>?</c> and the upstream's own parameters; credentials and CMCD are already out.</param>
internal readonly record struct MediaAddress(string Cluster, string Path, string Query)
{
    public override string ToString() => $"{Cluster}:{Path}{Query}";
}

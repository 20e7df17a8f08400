namespace Gateway.Origin;

/// <summary>A media cluster that the gateway serves itself; its id is reserved.</summary>
/// <param name="Id">Id of the cluster.</param>
/// <param name="Root">Base of its references; never contacted.</param>
internal sealed record BuiltInCluster(string Id, Uri Root);

namespace Gateway.Admin;

/// <summary>This gateway: <c>GET /admin/node</c>.</summary>
/// <param name="Version">Its version.</param>
/// <param name="IsDraining">Whether it takes no new sessions.</param>
internal sealed record NodeSnapshot(string Version, bool IsDraining);

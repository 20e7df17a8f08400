namespace Gateway.Admin;

/// <summary>A revocation as operators see it.</summary>
/// <param name="Kind"><c>jti</c>, <c>subject</c> or <c>user</c>.</param>
/// <param name="Name">A digest of what was named; of a user, the name that <c>GET /admin/sessions</c> shows.</param>
/// <param name="Until">When it ends.</param>
internal sealed record RevocationSnapshot(string Kind, string Name, DateTimeOffset Until);

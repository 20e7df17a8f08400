namespace Gateway.Access;

/// <summary>The authenticator's decision on a request to start playing.</summary>
/// <param name="Denial"><see cref="AccessDenial.None"/> when access is granted.</param>
/// <param name="Grant">Set exactly then.</param>
internal readonly record struct AccessResult(AccessDenial Denial, AccessGrant? Grant)
{
    public static AccessResult Of(AccessGrant grant) => new(AccessDenial.None, grant);

    public static AccessResult Refused(AccessDenial denial) => new(denial, null);
}

namespace Gateway.Access;

/// <summary>The door's answer to somebody who wants to start playing.</summary>
/// <param name="Denial"><see cref="AccessDenial.None"/> for who is let in.</param>
/// <param name="Grant">Set exactly then.</param>
internal readonly record struct AccessResult(AccessDenial Denial, AccessGrant? Grant)
{
    public static AccessResult Of(AccessGrant grant) => new(AccessDenial.None, grant);

    public static AccessResult Refused(AccessDenial denial) => new(denial, null);
}

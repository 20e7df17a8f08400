namespace Gateway.Access.Revocation;

/// <summary>What a revocation names.</summary>
internal enum RevocationKind
{
    /// <summary>One JWT, by its <c>jti</c>.</summary>
    Token,

    /// <summary>Whoever a credential is for, by <c>sub</c>, whatever its issuer.</summary>
    Subject,

    /// <summary>A user as sessions and tickets name one: see <see cref="AccessGrant.UserOf"/>.</summary>
    User,
}

namespace Gateway.Access;

/// <summary>What kind of credential was shown.</summary>
internal enum CredentialKind
{
    None,
    Jwt,
    EdgeAuth,
}

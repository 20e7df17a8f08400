namespace Gateway.Access;

/// <summary>Why somebody was not let in. <see cref="AccessDenials"/> has the words for clients and metrics.</summary>
internal enum AccessDenial
{
    None,
    PathRefused,
    CredentialMissing,
    CredentialMalformed,
    CredentialAlgorithm,
    CredentialUnknownKey,
    CredentialSignature,
    CredentialClaims,
    CredentialExpired,
    CredentialNotYetValid,
    CredentialIssuer,
    CredentialAudience,
    CredentialAddress,
    CredentialLimit,
    CredentialRevoked,
    MediaNotGranted,
    TicketMalformed,
    TicketUnknownKey,
    TicketSignature,
    TicketExpired,
    TicketNotYetValid,
    TicketRevoked,
    TicketBinding,
    TicketScope,
    Bitrate,
    Admin,
    AdminLimit,
}

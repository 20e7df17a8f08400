namespace Gateway.Access;

/// <summary>Why a caller was refused. <see cref="AccessDenials"/> maps it to problem codes and metric labels.</summary>
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

using Gateway.Access.EdgeAuth;
using Gateway.Access.Jwt;
using Gateway.Access.Tickets;
using Gateway.Problems;

namespace Gateway.Access;

/// <summary>Maps denials to problem codes, which do not help a forger, and to metric labels, which help the operator.</summary>
internal static class AccessDenials
{
    public static ProblemCode ProblemOf(AccessDenial denial) => denial switch
    {
        AccessDenial.PathRefused => ProblemCode.PathRefused,
        AccessDenial.CredentialMissing => ProblemCode.CredentialMissing,
        AccessDenial.CredentialExpired => ProblemCode.CredentialExpired,
        AccessDenial.MediaNotGranted => ProblemCode.MediaNotGranted,
        AccessDenial.TicketExpired => ProblemCode.TicketExpired,
        AccessDenial.TicketRevoked => ProblemCode.SessionEnded,
        AccessDenial.TicketScope or AccessDenial.TicketBinding or AccessDenial.Bitrate => ProblemCode.ScopeMismatch,
        AccessDenial.TicketMalformed or AccessDenial.TicketUnknownKey or AccessDenial.TicketSignature or AccessDenial.TicketNotYetValid => ProblemCode.TicketInvalid,
        AccessDenial.Admin => ProblemCode.AdminOnly,
        AccessDenial.AdminLimit or AccessDenial.CredentialLimit => ProblemCode.RateLimited,
        _ => ProblemCode.CredentialInvalid,
    };

    /// <summary>Value of the label <c>reason</c>.</summary>
    public static string ReasonOf(AccessDenial denial) => denial switch
    {
        AccessDenial.PathRefused => "path_refused",
        AccessDenial.CredentialMissing => "credential_missing",
        AccessDenial.CredentialMalformed => "credential_malformed",
        AccessDenial.CredentialAlgorithm => "credential_algorithm",
        AccessDenial.CredentialUnknownKey => "credential_unknown_key",
        AccessDenial.CredentialSignature => "credential_signature",
        AccessDenial.CredentialClaims => "credential_claims",
        AccessDenial.CredentialExpired => "credential_expired",
        AccessDenial.CredentialNotYetValid => "credential_not_yet_valid",
        AccessDenial.CredentialIssuer => "credential_issuer",
        AccessDenial.CredentialAudience => "credential_audience",
        AccessDenial.CredentialAddress => "credential_address",
        AccessDenial.CredentialLimit => "credential_limit",
        AccessDenial.CredentialRevoked => "credential_revoked",
        AccessDenial.MediaNotGranted => "media_not_granted",
        AccessDenial.TicketMalformed => "ticket_malformed",
        AccessDenial.TicketUnknownKey => "ticket_unknown_key",
        AccessDenial.TicketSignature => "ticket_signature",
        AccessDenial.TicketExpired => "ticket_expired",
        AccessDenial.TicketNotYetValid => "ticket_not_yet_valid",
        AccessDenial.TicketRevoked => "ticket_revoked",
        AccessDenial.TicketBinding => "ticket_binding",
        AccessDenial.TicketScope => "ticket_scope",
        AccessDenial.Bitrate => "bitrate",
        AccessDenial.Admin => "admin",
        AccessDenial.AdminLimit => "admin_limit",
        _ => throw new ArgumentOutOfRangeException(nameof(denial)),
    };

    public static AccessDenial Of(JwtVerdict verdict) => verdict switch
    {
        JwtVerdict.Valid => AccessDenial.None,
        JwtVerdict.AlgorithmRefused => AccessDenial.CredentialAlgorithm,
        JwtVerdict.UnknownKey => AccessDenial.CredentialUnknownKey,
        JwtVerdict.BadSignature => AccessDenial.CredentialSignature,
        JwtVerdict.BadClaims => AccessDenial.CredentialClaims,
        JwtVerdict.Expired => AccessDenial.CredentialExpired,
        JwtVerdict.NotYetValid => AccessDenial.CredentialNotYetValid,
        JwtVerdict.WrongIssuer => AccessDenial.CredentialIssuer,
        JwtVerdict.Revoked => AccessDenial.CredentialRevoked,
        JwtVerdict.Limited => AccessDenial.CredentialLimit,
        JwtVerdict.WrongAudience => AccessDenial.CredentialAudience,
        _ => AccessDenial.CredentialMalformed,
    };

    public static AccessDenial Of(EdgeAuthVerdict verdict) => verdict switch
    {
        EdgeAuthVerdict.Valid => AccessDenial.None,
        EdgeAuthVerdict.BadSignature => AccessDenial.CredentialSignature,
        EdgeAuthVerdict.Expired => AccessDenial.CredentialExpired,
        EdgeAuthVerdict.NotYetValid => AccessDenial.CredentialNotYetValid,
        EdgeAuthVerdict.WrongAddress => AccessDenial.CredentialAddress,
        EdgeAuthVerdict.Revoked => AccessDenial.CredentialRevoked,
        EdgeAuthVerdict.WrongPath => AccessDenial.MediaNotGranted,
        _ => AccessDenial.CredentialMalformed,
    };

    /// <summary>A lapsed ticket is not denied here: the session registry decides whether its session still lives.</summary>
    public static AccessDenial Of(TicketVerdict verdict) => verdict switch
    {
        TicketVerdict.Valid or TicketVerdict.Lapsed => AccessDenial.None,
        TicketVerdict.Revoked => AccessDenial.TicketRevoked,
        TicketVerdict.Expired => AccessDenial.TicketExpired,
        TicketVerdict.NotYetValid => AccessDenial.TicketNotYetValid,
        TicketVerdict.UnknownKey => AccessDenial.TicketUnknownKey,
        TicketVerdict.BadSignature => AccessDenial.TicketSignature,
        _ => AccessDenial.TicketMalformed,
    };
}

namespace Gateway.Problems;

/// <summary>Every problem that a client can get. <see cref="ProblemTable"/> has status, code and text of each.</summary>
internal enum ProblemCode
{
    // Caused by the client.
    InvalidRequest,
    BodyTooLarge,
    UnsupportedMediaType,
    PathRefused,
    RouteNotFound,
    MethodNotAllowed,
    RangeNotSatisfiable,
    CredentialMissing,
    CredentialInvalid,
    CredentialExpired,
    MediaNotGranted,
    TicketInvalid,
    TicketExpired,
    ScopeMismatch,
    AdminOnly,
    SessionNotFound,
    SessionConflict,
    SessionEnded,
    RolloutRefused,
    PreconditionFailed,
    PreconditionRequired,
    AssetNotFound,
    AssetUnauthorized,
    AssetForbidden,
    AssetMethodNotAllowed,
    AssetGone,
    AssetWithheld,
    RenditionUnavailable,
    TooManyStreams,
    RateLimited,

    // Caused by the origin.
    OriginUnreachable,
    OriginUnavailable,
    OriginTimeout,
    OriginBroken,
    ManifestInvalid,
    ManifestTooLarge,
    AssetBuildFailed,
    AssetNotReady,

    // Caused by the gateway.
    Draining,
    Overloaded,
    StoreUnavailable,
    Internal,
}

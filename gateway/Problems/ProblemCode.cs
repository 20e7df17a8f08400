namespace Gateway.Problems;

/// <summary>Everything that can be wrong with a request, as a client is told it. <see cref="ProblemTable"/> has the words.</summary>
internal enum ProblemCode
{
    // The client's side.
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
    AssetNotFound,
    AssetUnauthorized,
    AssetForbidden,
    AssetMethodNotAllowed,
    AssetGone,
    AssetWithheld,
    TooManyStreams,
    RateLimited,

    // The origin's side.
    OriginUnreachable,
    OriginUnavailable,
    OriginTimeout,
    OriginBroken,
    ManifestInvalid,
    ManifestTooLarge,
    AssetBuildFailed,
    AssetNotReady,

    // Ours.
    Draining,
    Overloaded,
    StoreUnavailable,
    Internal,
}

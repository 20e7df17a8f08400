namespace Gateway.Problems;

/// <summary>The closed list of problems. Codes and reasons are part of the outside contract: add rows, do not change them.</summary>
internal static class ProblemTable
{
    private static readonly Problem[] Rows = Build();

    public static Problem Of(ProblemCode code) => Rows[(int)code];

    private static Problem[] Build()
    {
        var rows = new Problem[Enum.GetValues<ProblemCode>().Length];
        foreach (var code in Enum.GetValues<ProblemCode>()) rows[(int)code] = Row(code);
        return rows;
    }

    private static Problem Row(ProblemCode code) => code switch
    {
        ProblemCode.InvalidRequest => Failed("STREAMING_INVALID_REQUEST", 400, "invalid_request", "The request is not understood."),
        ProblemCode.BodyTooLarge => Failed("STREAMING_BODY_TOO_LARGE", 413, "invalid_request", "The body is larger than this route takes."),
        ProblemCode.UnsupportedMediaType => Failed("STREAMING_UNSUPPORTED_MEDIA_TYPE", 415, "invalid_request", "Send application/json."),
        ProblemCode.PathRefused => Failed("STREAMING_PATH_REFUSED", 400, "invalid_segment_name", "The path holds dot segments, hidden empty segments, backslashes, control characters or broken percent-encoding."),
        ProblemCode.RouteNotFound => Failed("STREAMING_ROUTE_NOT_FOUND", 404, "startup_rejected", "There is nothing at this path."),
        ProblemCode.MethodNotAllowed => Failed("STREAMING_METHOD_NOT_ALLOWED", 405, "startup_rejected", "This route does not allow the method; see the Allow header."),
        ProblemCode.RangeNotSatisfiable => Failed("STREAMING_RANGE_NOT_SATISFIABLE", 416, "startup_rejected", "The range lies outside of the resource; see the Content-Range header."),
        ProblemCode.CredentialMissing => Blocked("STREAMING_CREDENTIAL_MISSING", 401, "session_token_required", "Send a credential: Authorization: Bearer, the query access_token, the cookie, or an EdgeAuth token."),
        ProblemCode.CredentialInvalid => Blocked("STREAMING_CREDENTIAL_INVALID", 401, "session_token_invalid", "The credential is not accepted. Get a new one where you signed in."),
        ProblemCode.CredentialExpired => Blocked("STREAMING_CREDENTIAL_EXPIRED", 401, "session_token_expired", "The credential has expired. Get a new one where you signed in."),
        ProblemCode.MediaNotGranted => Blocked("STREAMING_MEDIA_NOT_GRANTED", 403, "session_token_scope_mismatch", "The credential is good, but not for this title."),
        ProblemCode.TicketInvalid => Blocked("STREAMING_TICKET_INVALID", 401, "session_token_invalid", "The ticket in the URL was not issued here, or was changed. Start again from /play."),
        ProblemCode.TicketExpired => Blocked("STREAMING_TICKET_EXPIRED", 401, "session_token_expired", "The ticket in the URL has expired. Start again from /play."),
        ProblemCode.ScopeMismatch => Blocked("STREAMING_SCOPE_MISMATCH", 403, "session_token_scope_mismatch", "The ticket in the URL is good, but not for this path."),
        ProblemCode.AdminOnly => Blocked("STREAMING_ADMIN_ONLY", 403, "unauthorized", "Operators only: send X-Admin-Key."),
        ProblemCode.SessionNotFound => Failed("STREAMING_SESSION_NOT_FOUND", 404, "session_not_found", "There is no such session."),
        ProblemCode.SessionConflict => Failed("STREAMING_SESSION_CONFLICT", 409, "startup_rejected", "The session's state does not allow this now."),
        ProblemCode.SessionEnded => Failed("STREAMING_SESSION_ENDED", 410, "session_ended", "The session has ended. Start a new one."),
        ProblemCode.RolloutRefused => Failed("STREAMING_ROLLOUT_REFUSED", 409, "startup_rejected", "The state of the roll-out does not allow this now."),
        ProblemCode.PreconditionFailed => Failed("STREAMING_PRECONDITION_FAILED", 412, "startup_rejected", "It has changed since it was read. Read it again, and decide anew."),
        ProblemCode.PreconditionRequired => Failed("STREAMING_PRECONDITION_REQUIRED", 428, "startup_rejected", "Send If-Match with the ETag of what was read, so that no change of somebody else is overwritten."),
        ProblemCode.AssetNotFound => Failed("STREAMING_ASSET_NOT_FOUND", 404, "asset_not_found", "The origin has nothing at this path."),
        ProblemCode.AssetUnauthorized => Blocked("STREAMING_ASSET_UNAUTHORIZED", 401, "asset_unauthorized", "The origin wants a credential for this resource, which it did not get."),
        ProblemCode.AssetForbidden => Blocked("STREAMING_ASSET_FORBIDDEN", 403, "asset_forbidden", "The origin does not give this resource, or does not have it."),
        ProblemCode.AssetMethodNotAllowed => Failed("STREAMING_ASSET_METHOD_NOT_ALLOWED", 405, "asset_method_not_allowed", "The origin does not allow the method here."),
        ProblemCode.AssetGone => Failed("STREAMING_ASSET_GONE", 410, "asset_gone", "The origin does not have this resource any more."),
        ProblemCode.AssetWithheld => Failed("STREAMING_ASSET_WITHHELD", 451, "asset_withheld", "The origin may not give this resource, for legal reasons."),
        ProblemCode.RenditionUnavailable => Failed("STREAMING_RENDITION_UNAVAILABLE", 409, "rendition_unavailable", "This title cannot be played as the rendition auto. Open it without rendition=auto."),
        ProblemCode.TooManyStreams => Waiting("STREAMING_TOO_MANY_STREAMS", 429, "stream_limit_reached", "This user already has as many streams as allowed. Stop one of them."),
        ProblemCode.RateLimited => Waiting("STREAMING_RATE_LIMITED", 429, "rate_limited", "Too many requests from here. Slow down."),
        ProblemCode.LiveNotAllowed => Blocked("STREAMING_LIVE_NOT_ALLOWED", 403, "live_not_allowed", "Live sessions are open to named accounts only, and this is none of them."),
        ProblemCode.ChunkIndexInvalid => Failed("STREAMING_CHUNK_INDEX_INVALID", 400, "chunk_invalid", "The index of a chunk is a whole number from 0 to 99999, and no farther ahead of what the playlist lists than Gateway:Live:MaxAhead."),
        ProblemCode.ChunkEmpty => Failed("STREAMING_CHUNK_EMPTY", 400, "chunk_invalid", "The chunk has no bytes."),
        ProblemCode.ChunkTooLarge => Failed("STREAMING_CHUNK_TOO_LARGE", 413, "chunk_invalid", "The chunk is larger than max_bytes of the session's upload. Send shorter chunks, or a lower bitrate."),
        ProblemCode.LiveSessionFull => Failed("STREAMING_LIVE_SESSION_FULL", 413, "chunk_invalid", "The session has uploaded as many bytes as it may. End it, and create another one."),
        ProblemCode.ChunkNotMedia => Failed("STREAMING_CHUNK_NOT_MEDIA", 422, "chunk_invalid", "The chunk is no whole MP4 or WebM with pictures or sound. Nothing was stored."),
        ProblemCode.ChunkTooLong => Failed("STREAMING_CHUNK_TOO_LONG", 422, "chunk_invalid", "The chunk plays longer than the session's target duration allows. Send shorter chunks, or create a session with a longer chunk_duration_sec."),
        ProblemCode.ChunkConflict => Failed("STREAMING_CHUNK_CONFLICT", 409, "chunk_conflict", "There is another chunk under this index already; the first one stands."),
        ProblemCode.ChunkOffset => Failed("STREAMING_CHUNK_OFFSET", 409, "chunk_conflict", "The upload does not go on where it broke off; see the Upload-Offset header, or send the chunk from its beginning."),
        ProblemCode.ChunkCut => Failed("STREAMING_CHUNK_CUT", 400, "chunk_invalid", "The chunk ended before its announced length. What came is kept for a while: ask HEAD for Upload-Offset, and go on from there."),
        ProblemCode.ChunkDigest => Failed("STREAMING_CHUNK_DIGEST", 400, "chunk_invalid", "The chunk does not have the digest that Repr-Digest names. Nothing was stored; send it again."),
        ProblemCode.UploadTooSlow => Failed("STREAMING_UPLOAD_TOO_SLOW", 408, "upload_too_slow", "The chunk came too slowly. What came is kept for a while: ask HEAD for Upload-Offset, and go on from there."),
        ProblemCode.LiveQueueFull => Waiting("STREAMING_LIVE_QUEUE_FULL", 429, "live_queue_full", "Chunks of this session come faster than they are made into segments. Nothing of this one was stored; send it again."),
        ProblemCode.OriginUnreachable => Waiting("STREAMING_ORIGIN_UNREACHABLE", 502, "origin_unreachable", "The origin does not answer."),
        ProblemCode.OriginUnavailable => Waiting("STREAMING_ORIGIN_UNAVAILABLE", 503, "origin_unavailable", "No destination of the origin is healthy."),
        ProblemCode.OriginTimeout => Waiting("STREAMING_ORIGIN_TIMEOUT", 504, "origin_timeout", "The origin took too long."),
        ProblemCode.OriginBroken => Failed("STREAMING_ORIGIN_BROKEN", 502, "startup_unavailable", "The origin answered with an error, or stopped in the middle."),
        ProblemCode.ManifestInvalid => Failed("STREAMING_MANIFEST_INVALID", 502, "startup_unavailable", "The origin's manifest is not a valid playlist or MPD."),
        ProblemCode.ManifestTooLarge => Failed("STREAMING_MANIFEST_TOO_LARGE", 502, "startup_unavailable", "The origin's manifest is larger than the gateway takes."),
        ProblemCode.AssetBuildFailed => Failed("STREAMING_ASSET_BUILD_FAILED", 502, "asset_build_failed", "The transcoder could not make this asset."),
        ProblemCode.AssetNotReady => Waiting("STREAMING_ASSET_NOT_READY", 503, "asset_not_ready", "The asset is being made."),
        ProblemCode.Draining => Waiting("STREAMING_DRAINING", 503, "runtime_draining", "This gateway takes no new sessions; another one will."),
        ProblemCode.Overloaded => Waiting("STREAMING_OVERLOADED", 503, "startup_unavailable", "The gateway is overloaded. Try again later."),
        ProblemCode.StoreUnavailable => Waiting("STREAMING_STORE_UNAVAILABLE", 503, "startup_unavailable", "The session store is unavailable. Existing sessions go on."),
        ProblemCode.LiveStorageFull => Waiting("STREAMING_LIVE_STORAGE_FULL", 503, "startup_unavailable", "There is no room to store the chunk. Nothing of it was stored; send it again."),
        ProblemCode.LiveUnavailable => Waiting("STREAMING_LIVE_UNAVAILABLE", 503, "startup_unavailable", "The store of live sessions is away. Nothing was changed; try again."),
        ProblemCode.Internal => Failed("STREAMING_INTERNAL", 500, "startup_unavailable", "The gateway failed unexpectedly. The error is in its log."),
        _ => throw new InvalidOperationException($"Problem {code} has no row."),
    };

    private static Problem Waiting(string code, int status, string reason, string detail) => new(code, status, detail, HintState.Waiting, reason);

    private static Problem Blocked(string code, int status, string reason, string detail) => new(code, status, detail, HintState.Blocked, reason);

    private static Problem Failed(string code, int status, string reason, string detail) => new(code, status, detail, HintState.Failed, reason);
}

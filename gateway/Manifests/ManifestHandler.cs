using System.Buffers.Binary;
using System.Buffers.Text;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Gateway.Adaptation.Serving;
using Gateway.Caching;
using Gateway.Manifests.Auto;
using Gateway.Manifests.Dash;
using Gateway.Manifests.Hls;
using Gateway.Media;
using Gateway.Playback.Requests;
using Gateway.Problems;
using Gateway.Responses;
using Gateway.Segments;
using Gateway.Telemetry;

namespace Gateway.Manifests;

/// <summary>
/// Answers requests for manifests: (1) takes upstream's manifest from the cache, where all sessions share it; (2) parses it, once per version;
/// (3) tells the session's tracker what the viewer will play; (4) rewrites it for this session and answers. Nothing is sent before the whole
/// manifest is known to be good, so there is no partial response.
/// </summary>
internal sealed class ManifestHandler(
    MediaCache cache, ManifestReader reader, ManifestRewriter rewriter, ManifestTracking tracking, ManifestTelemetry telemetry, TimeProvider time)
{
    private const string CacheControl = "no-cache, no-store, must-revalidate";

    private const int VersionBytes = 16;

    /// <summary>What identifies a manifest's answer is shorter than that with usual URLs and tickets.</summary>
    private const int LongSeed = 2048;

    private static readonly ProblemNotes BadDirectives = new() { Detail = "_HLS_msn and _HLS_part are whole numbers, and _HLS_part needs _HLS_msn." };

    private static readonly ProblemNotes NotLimited = new()
    {
        Detail = "This session has a bitrate limit, which cannot be applied to a patch of an MPD. Load the MPD itself, which names no patches for this session.",
    };

    /// <param name="context">The client's request.</param>
    /// <param name="request">The same after authentication and session look-up.</param>
    /// <param name="opened">The reply, where the segment handler has opened it already; the caller disposes it.</param>
    public async Task ServeAsync(HttpContext context, PlaybackRequest request, CacheReply? opened)
    {
        var started = time.GetTimestamp();
        var protocol = StreamingProtocol.File;
        var outcome = ManifestOutcome.ClientGone;
        var directives = DeliveryDirectives.Of(request.Address.Query);
        var playlist = request.Address with { Query = directives.BareQuery };
        try
        {
            // 1
            if (!directives.IsValid)
            {
                outcome = ManifestOutcome.Refused;
                await ProblemDocument.WriteAsync(context, ProblemCode.InvalidRequest, BadDirectives);
                return;
            }

            TimeSpan? patience = directives.IsBlocking ? reader.PatienceWith(request.Tracker.Find(playlist)) : null;
            var wanted = reader.RequestFor(request.Address, patience, request.Tracker.Lookahead.Title, start: request.Start);
            using var own = opened is null ? await OpenAsync(context, wanted) : null;
            var reply = opened ?? own!;
            if (UpstreamProblem.Of(reply) is { } problem)
            {
                // Upstream may hold a blocking reload back and has not answered in time: the draft wants 503, not 502.
                if (directives.IsBlocking && problem == ProblemCode.OriginTimeout) problem = ProblemCode.AssetNotReady;
                outcome = UpstreamProblem.IsAbsence(problem) ? ManifestOutcome.NotFound : ManifestOutcome.OriginFailed;
                await ProblemDocument.WriteAsync(context, problem, UpstreamProblem.NotesOf(reply));
                return;
            }

            // 2
            var (manifest, refusal) = await reader.ReadAsync(reply, request.Address, directives.IsBlocking, context.RequestAborted);
            // Upstream broke off, and nothing was sent so far: the requests that had a part of it fetch once more, together.
            using var second = manifest is null && refusal == ManifestOutcome.Truncated ? await OpenAsync(context, wanted) : null;
            if (second is not null && UpstreamProblem.Of(second) is null)
            {
                reply = second;
                (manifest, refusal) = await reader.ReadAsync(second, request.Address, directives.IsBlocking, context.RequestAborted);
            }

            if (manifest is null)
            {
                outcome = refusal;
                await ProblemDocument.WriteAsync(context, CodeOf(refusal));
                return;
            }

            // A player that is through with what is held and asks again would take a segment that is not listed yet for the next one, over and over (libavformat does).
            var isThrough = reply.Result == CacheResult.Hit && manifest.Lifetime is { } lifetime && request.Tracker.IsThroughWith(playlist, manifest.Version, lifetime, time.GetUtcNow());
            using var confirmed = isThrough ? await OpenAsync(context, reader.RequestFor(request.Address, title: request.Tracker.Lookahead.Title, confirmed: true)) : null;
            if (confirmed is not null && UpstreamProblem.Of(confirmed) is null
                && (await reader.ReadAsync(confirmed, request.Address, isBlocking: false, context.RequestAborted)).Manifest is { } newer)
            {
                reply = confirmed;
                manifest = newer;
            }

            if (!reader.TryHold(reply, manifest, out var held))
            {
                outcome = ManifestOutcome.Overloaded;
                await ProblemDocument.WriteAsync(context, CodeOf(outcome));
                return;
            }

            try
            {
                // 3
                protocol = manifest.Protocol;
                if (await tracking.TakeAsync(request, playlist, manifest, reply.FinalUrl, context.RequestAborted) is var unfit and not AutoRefusal.None && request.WantsAuto)
                {
                    outcome = ManifestOutcome.NoAuto;
                    await ProblemDocument.WriteAsync(context, ProblemCode.RenditionUnavailable, new ProblemNotes { Detail = AutoRefusals.DetailOf(unfit) });
                    return;
                }

                // 4
                outcome = await AnswerAsync(context, request, playlist, reply, manifest);
            }
            finally
            {
                reader.Release(reply, manifest, held);
            }
        }
        finally
        {
            telemetry.Ended(context, request, protocol, outcome, time.GetElapsedTime(started));
        }
    }

    /// <summary>The problem that a client gets for a manifest that is not served.</summary>
    public static ProblemCode CodeOf(ManifestOutcome refusal) => refusal switch
    {
        ManifestOutcome.TooLarge => ProblemCode.ManifestTooLarge,
        ManifestOutcome.Unlimitable => ProblemCode.ScopeMismatch,
        ManifestOutcome.Overloaded => ProblemCode.Overloaded,
        ManifestOutcome.Truncated => ProblemCode.OriginBroken,
        _ => ProblemCode.ManifestInvalid,
    };

    private async ValueTask<CacheReply> OpenAsync(HttpContext context, CacheRequest wanted)
    {
        using var span = GatewayTrace.Cache();
        var reply = await cache.OpenAsync(wanted, context.RequestAborted);
        span.Ended(CacheMetrics.Label(reply.Result));
        return reply;
    }

    private async Task<ManifestOutcome> AnswerAsync(HttpContext context, PlaybackRequest request, MediaAddress playlist, CacheReply reply, UpstreamManifest manifest)
    {
        var response = context.Response;
        var target = TargetOf(context.Request, request) with { IsSteered = rewriter.Steers };
        var accepted = rewriter.AcceptedCoding(context.Request.Headers.AcceptEncoding);
        var importable = manifest is HlsMediaPlaylist { Imports: true } ? request.Tracker.Ladders.VariablesFor(playlist) : FrozenDictionary<string, string>.Empty;

        // References in a patch are relative to the MPD that it changes.
        var from = manifest is DashPart && request.Tracker.Patchables.Find(playlist) is { } patchable ? patchable.Url : reply.FinalUrl;
        var tag = TagOf(manifest, from, target, request, importable, accepted);
        var headers = response.Headers;
        headers.CacheControl = CacheControl;
        headers.ETag = tag;
        headers.Vary = "Accept-Encoding";
        MediaFields.WriteSource(response, reply, MediaFields.SourceOf(reply));
        if (request.Adapted is { HasLadder: true } adapted && CmsdFields.Dynamic(null, adapted.Hint) is { } dynamic) headers["CMSD-Dynamic"] = dynamic;
        if (Conditions.NoneMatch(context.Request.Headers.IfNoneMatch, tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return ManifestOutcome.NotModified;
        }

        using var span = GatewayTrace.Rewrite(SegmentMetrics.Label(manifest.Protocol));
        var outcome = rewriter.Rewrite(manifest, request, from, target, importable, accepted, out var body);
        if (outcome != ManifestOutcome.Served)
        {
            span.Ended(ManifestMetrics.Label(outcome), failed: true);
            headers.ETag = default;
            if (outcome == ManifestOutcome.Unlimitable) await ProblemDocument.WriteAsync(context, CodeOf(outcome), NotLimited);
            else await ProblemDocument.WriteAsync(context, CodeOf(outcome));
            return outcome;
        }

        using var sent = body;
        response.ContentType = ContentTypeOf(manifest, reply.Head["Content-Type"]);
        if (sent.Coding is not null) headers.ContentEncoding = sent.Coding;
        response.ContentLength = sent.Bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await rewriter.Budget.HoldAsync(BodySender.SendWholeAsync(context, sent.Bytes, sent.Lend()), request.Start?.Household ?? 0, sent.Taken);
        return ManifestOutcome.Served;
    }

    /// <summary>
    /// Rewriting is deterministic, so its input identifies its output: a digest over the version, the base and the target costs a
    /// microsecond, one over the result of a long playlist half a millisecond.
    /// </summary>
    private static string TagOf(UpstreamManifest manifest, string finalUrl, ReferenceTarget target, PlaybackRequest request, FrozenDictionary<string, string> importable, string? coding)
    {
        var text = $"{target.PublicOrigin}|{target.PathOf(request.Address)}|{finalUrl}|{request.Mirrored}|{request.MaxKbps}|{coding}";
        if (request.Adapted is { Auto: { } auto, Player: var player }) text += $"|auto {auto.Shown.Variant.Bandwidth} {player}";
        if (request.Adapted is { HelpsStart: true } session) text += $"|start {session.ExpectedKbps} {session.OperatorKbps}";
        if (target.IsSteered) text += "|steered";
        if (importable.Count > 0) text += string.Concat(importable.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => $"|{v.Key}={v.Value}"));
        var length = VersionBytes + Encoding.UTF8.GetByteCount(text);
        Span<byte> seed = length <= LongSeed ? stackalloc byte[length] : new byte[length];
        BinaryPrimitives.WriteUInt128BigEndian(seed, manifest.Version);
        Encoding.UTF8.GetBytes(text, seed[VersionBytes..]);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(seed, digest);
        return $"\"{Base64Url.EncodeToString(digest[..12])}\"";
    }

    /// <summary>How the player reaches the gateway, by the host and the path prefix of its request.</summary>
    private static ReferenceTarget TargetOf(HttpRequest client, PlaybackRequest request)
    {
        var prefix = client.PathBase.ToUriComponent();
        return new ReferenceTarget($"{client.Scheme}://{client.Host}", prefix.Length == 0 ? request.TicketPath : address => prefix + request.TicketPath(address))
        {
            IsLimited = request.HasLimitedTicket,
            OpensBelow = request.OpensBelow,
            TakesVariables = true,
        };
    }

    /// <summary>
    /// Players go by the type, and some origins send none or another: playlists and MPDs get their registered type. Parts of an MPD, and
    /// documents beside the manifests, keep their declared type.
    /// </summary>
    private static string ContentTypeOf(UpstreamManifest manifest, string? declared)
    {
        var isNamed = declared is not null && ManifestKinds.MayHoldReferences(declared);
        if (isNamed && manifest is AuxiliaryDocument or DashPart) return declared!;
        return manifest.Protocol == StreamingProtocol.Dash ? "application/dash+xml" : "application/vnd.apple.mpegurl";
    }
}

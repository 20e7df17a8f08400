using Gateway.Access;
using Gateway.Access.Tickets;
using Gateway.Adaptation;
using Gateway.Media;
using Gateway.Origin;
using Gateway.Playback.Requests;
using Gateway.Problems;
using Gateway.Responses;
using Gateway.Sessions;
using Gateway.Sessions.Limits;
using Gateway.Sessions.Registry;
using Gateway.Telemetry;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Playback;

/// <summary>
/// The path of a media request:
/// (1) the authenticator reads the target and checks credential or ticket, (2) the session directory finds or opens the session, (3) the request becomes a
/// <see cref="PlaybackRequest"/>, (4) a handler answers it: the manifest handler playlists and MPDs, the segment handler everything else, and
/// methods that a cluster allows besides GET and HEAD are forwarded.
/// </summary>
/// <remarks>A middleware before routing rather than endpoints: nearly all requests are for media, and need no route matching.</remarks>
internal sealed class PlaybackMiddleware(RequestDelegate next, Authenticator authenticator, SessionRegistry sessions, SessionDirectory directory, SessionTelemetry telemetry, BitrateGate gate, HandlerSelector selector)
{
    private static readonly PathString Play = "/play";
    private static readonly PathString Playback = "/api/v1/playback";
    private static readonly PathString Control = "/api/v1/playback/sessions";

    public Task InvokeAsync(HttpContext context)
    {
        var path = context.Request.Path;
        if (IsBelow(path, Playback) && !IsBelow(path, Control))
        {
            MediaSafety.Guard(context.Response);
            return PlaybackAsync(context);
        }

        if (!IsBelow(path, Play) || path.Value!.Length <= Play.Value!.Length + 1) return next(context);
        MediaSafety.Guard(context.Response);
        return MediaMethods.IsRead(context.Request.Method) ? PlayAsync(context) : MediaMethods.AnswerAsync(context, MediaMethods.Read);
    }

    private Task PlaybackAsync(HttpContext context)
    {
        RouteName.Tell(context, "/api/v1/playback/{ticket}/{cluster}/{**asset}");

        // 1
        var read = MediaTarget.TryReadPlayback(RawTarget(context), out var target, authenticator.Accepted);
        if (read != MediaPathVerdict.Accepted) return RefusePathAsync(context, read);
        if (!MediaMethods.IsRead(context.Request.Method) && !selector.Takes(context.Request.Method, target.Cluster))
            return MediaMethods.AnswerAsync(context, selector.MethodsOf(target.Cluster));
        var span = GatewayTrace.Access();
        var result = authenticator.Check(context.Request, target);
        span.Ended(Label(result.Denial));
        span?.Dispose();
        if (result.Denial != AccessDenial.None) return authenticator.RefuseAsync(context, result.Denial);
        var ticket = result.Ticket!;
        if (ticket.Binding.Kind != TicketBindingKind.None) MediaPrivacy.Keep(context.Response);

        // 2
        if (result.Lapsed && !sessions.MayLive(ticket.Session)) return ProblemDocument.WriteAsync(context, ProblemCode.SessionEnded);
        var resumed = sessions.Resume(ticket, ClientOrigin.Of(context.Connection.RemoteIpAddress), out var session);
        if (resumed != ResumeVerdict.Resumed) return ProblemDocument.WriteAsync(context, OpenVerdicts.ProblemOf(resumed));

        // 3, 4
        return ServeAsync(context, session!, Request(context.Request, session!, result.Address, mirrored: true, ReadCmcd(context, target.Query)));
    }

    private async Task PlayAsync(HttpContext context)
    {
        RouteName.Tell(context, "/play/{**asset}");

        // 1
        var read = MediaTarget.TryReadPlay(RawTarget(context), out var target);
        if (read != MediaPathVerdict.Accepted)
        {
            await RefusePathAsync(context, read);
            return;
        }

        var span = GatewayTrace.Access();
        var accessResult = await authenticator.AdmitAsync(context.Request, target.Query, target.Path);
        span.Ended(Label(accessResult.Denial));
        span?.Dispose();
        if (accessResult.Grant is not { } grant)
        {
            await authenticator.RefuseAsync(context, accessResult.Denial);
            return;
        }

        if (!grant.IsForEverybody) MediaPrivacy.Keep(context.Response);

        // 2
        var cmcd = ReadCmcd(context, target.Query);
        var address = new MediaAddress(OriginOptions.DefaultCluster, target.Path, target.Query.Upstream);
        var binding = authenticator.BindingFor(context.Request);
        var key = ViewerKey.Of(context, grant, address, cmcd, binding);
        var parameters = SessionParameters.ByUrl with
        {
            MaxStreams = grant.MaxStreams,
            MaxKbps = grant.MaxKbps,
            LadderKbps = grant.MaxKbps,
            Media = grant.Media,
            DeviceId = ViewerKey.DeviceOf(cmcd),
            IsShared = ViewerKey.IsShared(grant, cmcd),
            Client = ClientOrigin.Of(context.Connection.RemoteIpAddress),
        };
        var (verdict, session, draft) = await directory.FindOrOpenAsync(context, key, parameters, binding);
        if (session is null)
        {
            await ProblemDocument.WriteAsync(context, OpenVerdicts.ProblemOf(verdict));
            return;
        }

        try
        {
            if (draft is not null) directory.BeginWithAnswer(context, draft, ManifestKinds.IsManifestPath(address.Path));
            // So that a page can report events of the session, or a failed start-up. Manifests only: they are never stored, and a response in a shared cache must name no session.
            if (ManifestKinds.IsManifestPath(address.Path) && (draft is null || !HttpMethods.IsHead(context.Request.Method))) context.Response.Headers["X-Session-Id"] = session.Id.ToString("N");

            // 3, 4
            await ServeAsync(context, session, Request(context.Request, session, address, mirrored: false, cmcd));
        }
        finally
        {
            if (draft is not null) await directory.LeaveAsync(draft);
        }
    }

    /// <summary>To a user without a limit of streams at once; else when the request has a place among them.</summary>
    private Task ServeAsync(HttpContext context, SessionState session, PlaybackRequest request)
    {
        if (session.Parameters.MaxStreams > 0) return ServeStreamAsync(context, session, request);
        if (request.Mirrored) Note(context.Request.Method, session, request);
        return ServeAsync(context, request);
    }

    /// <summary>
    /// What leads to media and brings none (a manifest, a HEAD) needs no place, but is refused where there is none. A delivery that loses its place on the way is cut, so that
    /// nobody takes it for whole.
    /// </summary>
    private async Task ServeStreamAsync(HttpContext context, SessionState session, PlaybackRequest request)
    {
        var method = context.Request.Method;
        if (HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || ManifestKinds.IsManifestPath(request.Address.Path))
        {
            if (directory.Streams.MayDeliver(session)) await ServeAsync(context, request);
            else await ProblemDocument.WriteAsync(context, ProblemCode.TooManyStreams);
            return;
        }

        var leaving = context.RequestAborted;
        var (verdict, delivery) = await directory.Streams.BeginAsync(session, leaving);
        if (delivery is null)
        {
            await ProblemDocument.WriteAsync(context, verdict == StreamVerdict.Ended ? ProblemCode.SessionEnded : ProblemCode.TooManyStreams);
            return;
        }

        try
        {
            context.RequestAborted = delivery.Token;
            if (request.Mirrored) Note(context.Request.Method, session, request);
            await ServeAsync(context, request);
        }
        catch (OperationCanceledException) when (delivery.IsCut)
        {
            // Told below.
        }
        finally
        {
            directory.Streams.End(delivery);
            context.RequestAborted = leaving;
        }

        // Writes a problem where nothing was sent yet, and cuts the connection where something was.
        if (delivery.IsCut) await ProblemDocument.WriteAsync(context, ProblemCode.TooManyStreams);
    }

    private Task ServeAsync(HttpContext context, PlaybackRequest request) =>
        request.Offers is null ? selector.ServeAsync(context, request) : ServeLimitedAsync(context, request);

    private async Task ServeLimitedAsync(HttpContext context, PlaybackRequest request)
    {
        if (await gate.RefusesAsync(request, context.RequestAborted)) await authenticator.RefuseAsync(context, AccessDenial.Bitrate);
        else await selector.ServeAsync(context, request);
    }

    private static PlaybackRequest Request(HttpRequest request, SessionState session, MediaAddress address, bool mirrored, CmcdReport? cmcd) => new()
    {
        Address = address,
        SessionId = session.Id,
        Mirrored = mirrored,
        TicketPath = session.Paths.For,
        OpensBelow = session.Paths.Ticket.Grant.IsEverything ? null : session.Paths.Ticket.Grant.HoldsTree,
        HasLimitedTicket = !session.Paths.Ticket.Grant.HoldsTree(TicketScope.FolderOf(address.Path)),
        MaxKbps = session.Paths.Ticket.MaxKbps,
        Offers = session.Offers,
        Tracker = session.Tracker,
        Counts = session.Counts,
        Cmcd = cmcd,
        Range = RangeHeader.Read(request.Headers.Range),
    };

    /// <summary>Updates the session's playhead by a request for media; playlists and keys tell nothing.</summary>
    private void Note(string method, SessionState session, PlaybackRequest request)
    {
        var cmcd = request.Cmcd;
        if (!HttpMethods.IsGet(method) || ManifestKinds.IsManifestPath(request.Address.Path) || cmcd?.ObjectType is "k" or "m") return;
        if (cmcd?.ObjectType is "i")
        {
            session.Playhead.AskedInit(cmcd);
            return;
        }

        if (request.Location is { IsListed: true, Entry: var entry }) telemetry.Asked(session, cmcd, entry.Start, entry.Duration);
        else if (session.Tracker.IsEmpty) telemetry.Asked(session, cmcd, null, null);
    }

    private static bool IsBelow(PathString path, PathString root) => path.StartsWithSegments(root, StringComparison.OrdinalIgnoreCase);

    private static string RawTarget(HttpContext context) => context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;

    private static CmcdReport? ReadCmcd(HttpContext context, in MediaQuery query)
    {
        // CTA-5004 §6: with any CMCD header the query is ignored.
        var headers = context.Request.Headers;
        if (headers.ContainsKey("CMCD-Session") || headers.ContainsKey("CMCD-Request") || headers.ContainsKey("CMCD-Object") || headers.ContainsKey("CMCD-Status"))
            return CmcdReader.Read($"{headers["CMCD-Object"]},{headers["CMCD-Request"]},{headers["CMCD-Session"]},{headers["CMCD-Status"]}");
        return query.Cmcd.IsEmpty || query.Cmcd.Length > CmcdReader.MaxLength ? null : CmcdReader.Read(Uri.UnescapeDataString(query.Cmcd.ToString()));
    }

    private static string Label(AccessDenial denial) => denial == AccessDenial.None ? "allowed" : AccessDenials.ReasonOf(denial);

    private Task RefusePathAsync(HttpContext context, MediaPathVerdict verdict) => verdict == MediaPathVerdict.NotMedia
        ? ProblemDocument.WriteAsync(context, ProblemCode.RouteNotFound)
        : authenticator.RefuseAsync(context, AccessDenial.PathRefused);
}

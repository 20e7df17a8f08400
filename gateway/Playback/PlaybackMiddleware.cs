using System.Diagnostics.CodeAnalysis;
using Gateway.Access;
using Gateway.Access.Tickets;
using Gateway.Adaptation;
using Gateway.Adaptation.Players;
using Gateway.Media;
using Gateway.Origin;
using Gateway.Playback.Requests;
using Gateway.Problems;
using Gateway.Responses;
using Gateway.Sessions.Registry;
using Gateway.Telemetry;
using Gateway.Transcoding;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Playback;

/// <summary>
/// The path of a media request:
/// (1) the authenticator reads the target and checks credential or ticket, (2) the session directory finds or opens the session, (3) the request becomes a
/// <see cref="PlaybackRequest"/>, (4) a handler answers it: the manifest handler playlists and MPDs, the segment handler everything else, and
/// methods that a cluster allows besides GET and HEAD are forwarded.
/// </summary>
/// <remarks>A middleware before routing rather than endpoints: nearly all requests are for media, and need no route matching.</remarks>
internal sealed class PlaybackMiddleware(RequestDelegate next, Authenticator authenticator, SessionRegistry sessions, SessionDirectory directory, SessionServing serving, HandlerSelector selector, FileRoute files, TrackRoute tracks, ClientLines clients)
{
    /// <summary>The route, as it is named to metrics and traces.</summary>
    private const string PlaybackRoute = "/api/v1/playback/{ticket}/{cluster}/{**asset}";

    private static readonly PathString Play = "/play";
    private static readonly PathString Playback = "/api/v1/playback";
    private static readonly PathString Files = "/api/v1/files";
    private static readonly PathString Chunks = "/api/player/stream_chunk";
    private static readonly PathString Tracks = "/api/library/tracks";
    private static readonly PathString Internal = "/internal/stream";

    /// <summary>The control plane: no ticket is that short.</summary>
    private static readonly PathString Sessions = "/api/v1/playback/sessions";
    private static readonly PathString Engine = "/api/v1/playback/engine";
    private static readonly PathString Groups = "/api/v1/playback/groups";

    public Task InvokeAsync(HttpContext context)
    {
        var path = context.Request.Path;
        if (IsBelow(path, Playback) && !IsBelow(path, Sessions) && !IsBelow(path, Engine) && !IsBelow(path, Groups))
        {
            MediaSafety.Guard(context.Response);
            return PlaybackAsync(context);
        }

        if (IsBelow(path, Files))
        {
            MediaSafety.Guard(context.Response);
            return FileAsync(context);
        }

        if (IsBelow(path, Internal))
        {
            MediaSafety.Guard(context.Response);
            return files.SourceAsync(context);
        }

        if (tracks.Options.IsOn() && (IsBelow(path, Chunks) || IsBelow(path, Tracks)))
        {
            MediaSafety.Guard(context.Response);
            return TrackAsync(context);
        }

        if (!IsBelow(path, Play) || path.Value!.Length <= Play.Value!.Length + 1) return next(context);
        MediaSafety.Guard(context.Response);
        return MediaMethods.IsRead(context.Request.Method) ? PlayAsync(context) : MediaMethods.AnswerAsync(context, MediaMethods.Read);
    }

    private Task PlaybackAsync(HttpContext context)
    {
        RouteName.Tell(context, PlaybackRoute);

        // 1
        var read = MediaTarget.TryReadPlayback(RawTarget(context), out var target, authenticator.Accepted);
        if (read != MediaPathVerdict.Accepted) return RefusePathAsync(context, read);
        if (!MediaMethods.IsRead(context.Request.Method) && !selector.Takes(context.Request.Method, target.Cluster))
            return MediaMethods.AnswerAsync(context, selector.MethodsOf(target.Cluster));
        if (!TryEnter(context, target, out var session, out var address, out var refusal)) return refusal;

        // 3, 4
        return serving.ServeAsync(context, session, Request(context.Request, session, address, mirrored: true, ReadCmcd(context, target.Query)), isTicketed: true);
    }

    /// <summary>Like a request within a session, for the form of a file that the client wants.</summary>
    private async Task FileAsync(HttpContext context)
    {
        RouteName.Tell(context, FileRoute.Template);

        // 1
        var read = MediaTarget.TryReadFile(RawTarget(context), out var target, authenticator.Accepted);
        if (read != MediaPathVerdict.Accepted)
        {
            await RefusePathAsync(context, read);
            return;
        }

        if (!MediaMethods.IsRead(context.Request.Method))
        {
            await MediaMethods.AnswerAsync(context, MediaMethods.Read);
            return;
        }

        if (!TryEnter(context, target, out var session, out var named, out var refusal))
        {
            await refusal;
            return;
        }

        if (await files.ChooseAsync(context, session.Paths.Ticket.Covers, named) is not { } address) return;

        // 3, 4
        await serving.ServeAsync(context, session, Request(context.Request, session, address, mirrored: false, ReadCmcd(context, target.Query)), isTicketed: true);
    }

    /// <summary>Steps 1 and 2 for a request with a ticket; false with the answer where it does not open what is asked for.</summary>
    private bool TryEnter(
        HttpContext context, in MediaTarget target, [NotNullWhen(true)] out SessionState? session, out MediaAddress address, [NotNullWhen(false)] out Task? refusal)
    {
        session = null;
        var span = GatewayTrace.Access();
        var result = authenticator.Check(context.Request, target);
        span.Ended(Label(result.Denial));
        span?.Dispose();
        address = result.Address;
        refusal = result.Denial == AccessDenial.None ? null : authenticator.RefuseAsync(context, result.Denial);
        if (refusal is not null) return false;
        var ticket = result.Ticket!;
        if (ticket.Binding.Kind != TicketBindingKind.None) MediaPrivacy.Keep(context.Response);

        // 2
        if (result.Lapsed && !sessions.MayLive(ticket.Session))
        {
            refusal = ProblemDocument.WriteAsync(context, ProblemCode.SessionEnded);
            return false;
        }

        var resumed = sessions.Resume(ticket, ClientOrigin.Of(context.Connection.RemoteIpAddress), out session);
        if (resumed != ResumeVerdict.Resumed) refusal = ProblemDocument.WriteAsync(context, OpenVerdicts.ProblemOf(resumed));
        return refusal is null;
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

        var address = new MediaAddress(OriginOptions.DefaultCluster, target.Path, target.Query.Upstream);
        await OpenAsync(context, target.Query, target.Path, address, (session, cmcd) => serving.ServeAsync(context, session, Request(context.Request, session, address, mirrored: false, cmcd), isTicketed: false));
    }

    private Task TrackAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        var isChunk = IsBelow(path, Chunks);
        RouteName.Tell(context, isChunk ? TrackRequest.ChunkTemplate : TrackRequest.TrackTemplate);
        if (!MediaMethods.IsRead(context.Request.Method)) return MediaMethods.AnswerAsync(context, MediaMethods.Read);
        string? error = null;
        var track = isChunk ? TrackRequest.ReadChunk(path[Chunks.Value!.Length..].TrimStart('/'), context.Request.Query, out error) : TrackRequest.ReadTrack(path[Tracks.Value!.Length..].TrimStart('/'));
        return track is not null ? TrackAsync(context, track) : ProblemDocument.WriteAsync(context, error is null ? ProblemCode.RouteNotFound : ProblemCode.InvalidRequest, error is null ? null : new ProblemNotes { Detail = error });
    }

    /// <summary>A chunk of a track by its number, or the track's description: a thin form of a just-in-time title's segments and their list.</summary>
    private async Task TrackAsync(HttpContext context, TrackRequest track)
    {
        // 1
        MediaQuery.TryRead((context.Request.QueryString.Value ?? "").AsMemory(), out var query);
        var granted = tracks.GrantedPathOf(track);
        if (MediaPath.Judge(granted) is var verdict and not MediaPathVerdict.Accepted)
        {
            await RefusePathAsync(context, verdict);
            return;
        }

        await OpenAsync(context, query, granted, track.EntryOf(tracks.Options), async (session, cmcd) =>
        {
            var address = track.Chunk is null
                ? track.AddressOf(tracks.Options, TranscoderOptions.TrackDescription)
                : await tracks.FindAsync(context, track, mpd => Request(context.Request, session, mpd, mirrored: false, cmcd));
            if (address is { } found) await serving.ServeAsync(context, session, Request(context.Request, session, found, mirrored: false, cmcd), isTicketed: true);
        });
    }

    /// <summary>Steps 1 and 2 for a request with a credential: its viewer's session is found, or begins when the answer shows that the media are there.</summary>
    private async Task OpenAsync(HttpContext context, MediaQuery query, string granted, MediaAddress address, Func<SessionState, CmcdReport?, Task> serve)
    {
        var span = GatewayTrace.Access();
        var accessResult = await authenticator.AdmitAsync(context.Request, query, granted);
        span.Ended(Label(accessResult.Denial));
        span?.Dispose();
        if (accessResult.Grant is not { } grant)
        {
            await authenticator.RefuseAsync(context, accessResult.Denial);
            return;
        }

        if (!grant.IsForEverybody) MediaPrivacy.Keep(context.Response);

        // 2
        var cmcd = ReadCmcd(context, query);
        var binding = authenticator.BindingFor(context.Request);
        var player = PlayerClassifier.Of(null, context.Request.Headers.UserAgent);
        var isAuto = query.IsAuto || clients.PlaysAuto(player);
        var key = ViewerKey.Of(context, grant, address, cmcd, binding, isAuto);
        var parameters = SessionParameters.ByUrl with
        {
            MaxStreams = grant.MaxStreams,
            MaxKbps = grant.MaxKbps,
            LadderKbps = grant.MaxKbps,
            Media = grant.Media,
            Player = player,
            IsAuto = isAuto,
            IsAutoAsked = query.IsAuto,
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
            await serve(session, cmcd);
        }
        finally
        {
            if (draft is not null) await directory.LeaveAsync(draft);
        }
    }

    private PlaybackRequest Request(HttpRequest request, SessionState session, MediaAddress address, bool mirrored, CmcdReport? cmcd) => new()
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
        Adapted = session.Adapted,
        WantsAuto = session.Parameters.IsAutoAsked,
        Path = clients.PathOf(request.HttpContext),
        Cmcd = cmcd,
        Range = RangeHeader.Read(request.Headers.Range),
    };

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

using Gateway.Access;
using Gateway.Media;
using Gateway.Origin;
using Gateway.Playback.Requests;
using Gateway.Problems;
using Gateway.Responses;
using Gateway.Telemetry;
using Gateway.Transcoding;

namespace Gateway.Playback;

/// <summary>
/// The path of a media request:
/// (1) the target is read strictly, (2) <see cref="SessionEntry"/> checks credential or ticket and finds or opens the session, (3) the request becomes a
/// <see cref="PlaybackRequest"/>, (4) a handler answers it: the manifest handler playlists and MPDs, the segment handler everything else, and
/// methods that a cluster allows besides GET and HEAD are forwarded.
/// </summary>
/// <remarks>A middleware before routing rather than endpoints: nearly all requests are for media, and need no route matching.</remarks>
internal sealed class PlaybackMiddleware(RequestDelegate next, SessionEntry entry, SessionServing serving, HandlerSelector selector, PlaybackRoutes routes)
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
    private static readonly PathString Steering = "/api/v1/playback/steering";

    public Task InvokeAsync(HttpContext context)
    {
        var path = context.Request.Path;
        if (IsBelow(path, Playback) && !IsBelow(path, Sessions) && !IsBelow(path, Engine) && !IsBelow(path, Groups) && !IsBelow(path, Steering))
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
            return routes.Files.SourceAsync(context);
        }

        if (routes.Tracks.Options.IsOn() && (IsBelow(path, Chunks) || IsBelow(path, Tracks)))
        {
            MediaSafety.Guard(context.Response);
            return TrackAsync(context);
        }

        if (routes.Streams is { } streams && StreamRoute.Read(path) is { } stream)
        {
            MediaSafety.Guard(context.Response);
            return StreamAsync(context, streams, stream);
        }

        if (!IsBelow(path, Play) || path.Value!.Length <= Play.Value!.Length + 1) return next(context);
        MediaSafety.Guard(context.Response);
        return MediaMethods.IsRead(context.Request.Method) ? PlayAsync(context) : MediaMethods.AnswerAsync(context, MediaMethods.Read);
    }

    private Task PlaybackAsync(HttpContext context)
    {
        RouteName.Tell(context, PlaybackRoute);

        // 1
        var read = MediaTarget.TryReadPlayback(SessionEntry.RawTarget(context), out var target, entry.Accepted);
        if (read != MediaPathVerdict.Accepted) return entry.RefusePathAsync(context, read);
        if (!MediaMethods.IsRead(context.Request.Method) && !selector.Takes(context.Request.Method, target.Cluster))
            return MediaMethods.AnswerAsync(context, selector.MethodsOf(target.Cluster));

        // 2
        if (!entry.TryEnter(context, target, out var session, out var address, out var refusal)) return refusal;

        // 3, 4
        return serving.ServeAsync(context, session, entry.RequestFor(context, session, address, mirrored: true, PlaybackRequests.ReadCmcd(context, target.Query)), isTicketed: true);
    }

    /// <summary>Like a request within a session, for the form of a file that the client wants.</summary>
    private async Task FileAsync(HttpContext context)
    {
        RouteName.Tell(context, FileRoute.Template);

        // 1
        var read = MediaTarget.TryReadFile(SessionEntry.RawTarget(context), out var target, entry.Accepted);
        if (read != MediaPathVerdict.Accepted)
        {
            await entry.RefusePathAsync(context, read);
            return;
        }

        if (!MediaMethods.IsRead(context.Request.Method))
        {
            await MediaMethods.AnswerAsync(context, MediaMethods.Read);
            return;
        }

        // 2
        if (!entry.TryEnter(context, target, out var session, out var named, out var refusal))
        {
            await refusal;
            return;
        }

        if (await routes.Files.ChooseAsync(context, session.Paths.Ticket.Covers, named) is not { } address) return;

        // 3, 4
        await serving.ServeAsync(context, session, entry.RequestFor(context, session, address, mirrored: false, PlaybackRequests.ReadCmcd(context, target.Query)), isTicketed: true);
    }

    private async Task PlayAsync(HttpContext context)
    {
        RouteName.Tell(context, "/play/{**asset}");

        // 1
        var read = MediaTarget.TryReadPlay(SessionEntry.RawTarget(context), out var target);
        if (read != MediaPathVerdict.Accepted)
        {
            await entry.RefusePathAsync(context, read);
            return;
        }

        var address = new MediaAddress(OriginOptions.DefaultCluster, target.Path, target.Query.Upstream);
        await entry.OpenAsync(context, target.Query, target.Path, address, (session, cmcd) => serving.ServeAsync(context, session, entry.RequestFor(context, session, address, mirrored: false, cmcd), isTicketed: false));
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
        var granted = routes.Tracks.GrantedPathOf(track);
        if (MediaPath.Judge(granted) is var verdict and not MediaPathVerdict.Accepted)
        {
            await entry.RefusePathAsync(context, verdict);
            return;
        }

        // The description names the session, as a manifest does, and so is for its viewer alone. A chunk is for everybody, in caches too.
        if (track.Chunk is null) MediaPrivacy.Keep(context.Response);
        await entry.OpenAsync(
            context,
            query,
            granted,
            track.EntryOf(routes.Tracks.Options),
            async (session, cmcd) =>
            {
                var address = track.Chunk is null
                    ? track.AddressOf(routes.Tracks.Options, TranscoderOptions.TrackDescription)
                    : await routes.Tracks.FindAsync(context, track, mpd => entry.RequestFor(context, session, mpd, mirrored: false, cmcd));
                if (address is { } found) await serving.ServeAsync(context, session, entry.RequestFor(context, session, found, mirrored: false, cmcd), isTicketed: true);
            },
            isStored: track.Chunk is not null);
    }

    /// <summary>A live session's playlist: <c>/play</c> with another address, and with the capability in its query where it has one.</summary>
    private Task StreamAsync(HttpContext context, StreamRoute streams, StreamTarget stream)
    {
        RouteName.Tell(context, StreamRoute.Template);
        if (!MediaMethods.IsRead(context.Request.Method)) return MediaMethods.AnswerAsync(context, MediaMethods.Read);
        MediaQuery.TryRead((context.Request.QueryString.Value ?? "").AsMemory(), out var query);
        if (StreamRoute.AddressOf(stream, query, out var error) is not { } address) return ProblemDocument.WriteAsync(context, ProblemCode.InvalidRequest, new ProblemNotes { Detail = error });
        return entry.OpenAsync(context, query, address.Path, address, (session, cmcd) => serving.ServeAsync(context, session, entry.RequestFor(context, session, address, mirrored: false, cmcd), isTicketed: false), streams.CapabilityOf(context.Request, stream));
    }

    private static bool IsBelow(PathString path, PathString root) => path.StartsWithSegments(root, StringComparison.OrdinalIgnoreCase);
}

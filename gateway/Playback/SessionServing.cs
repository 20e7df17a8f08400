using Gateway.Access;
using Gateway.Media;
using Gateway.Playback.Requests;
using Gateway.Problems;
using Gateway.Sessions;
using Gateway.Sessions.Limits;
using Gateway.Sessions.Registry;

namespace Gateway.Playback;

/// <summary>Serves a request within its session's limits: the user's streams at once, and the bitrate that the ticket allows.</summary>
internal sealed class SessionServing(SessionDirectory directory, SessionTelemetry telemetry, BitrateGate gate, Authenticator authenticator, HandlerSelector selector)
{
    /// <summary>Serves a user without a limit of streams at once; any other when the request has a place among them.</summary>
    /// <param name="context">The client's request.</param>
    /// <param name="session">Its session.</param>
    /// <param name="request">The same as the handlers need it.</param>
    /// <param name="isTicketed">Whether the session's ticket led to it: such requests move the playhead, the one that opens a session does not.</param>
    public Task ServeAsync(HttpContext context, SessionState session, PlaybackRequest request, bool isTicketed)
    {
        if (session.Parameters.MaxStreams > 0) return ServeStreamAsync(context, session, request, isTicketed);
        if (isTicketed) Note(context.Request.Method, session, request);
        return ServeAsync(context, request);
    }

    /// <summary>
    /// What leads to media and brings none (a manifest, a HEAD) needs no place, but is refused where there is none. A delivery that loses its place on the way is cut, so that
    /// nobody takes it for whole.
    /// </summary>
    private async Task ServeStreamAsync(HttpContext context, SessionState session, PlaybackRequest request, bool isTicketed)
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
            if (isTicketed) Note(context.Request.Method, session, request);
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

        if (request.Location.IsListed)
        {
            var entry = request.Entry;
            telemetry.Asked(session, cmcd, entry.Start, entry.Duration);
        }
        else if (session.Tracker.IsEmpty) telemetry.Asked(session, cmcd, null, null);
    }
}

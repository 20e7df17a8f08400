using Gateway.Access.Streams;
using Gateway.Live.Fetch;
using Gateway.Live.Journal;
using Gateway.Live.Keys;
using Gateway.Live.Timeline;
using Gateway.Problems;
using Gateway.Sessions.Api;

namespace Gateway.Live.Sessions;

/// <summary>The life of a live session by its uploader: create, renew the token, end.</summary>
internal sealed class StreamEndpoints(LiveSessions sessions, LiveGate gate, StreamToken tokens, LiveTelemetry telemetry, LiveOptions options, TimeProvider time)
{
    /// <summary>Longer than any stream and its retention.</summary>
    private static readonly TimeSpan WatchLifetime = TimeSpan.FromDays(14);

    public async Task CreateAsync(HttpContext context)
    {
        if (!await gate.MayCreateAsync(context)) return;
        var body = CreateStreamRequest.Default;
        if (context.Request.ContentLength is not (0 or null) || context.Request.Headers.TransferEncoding.Count > 0)
        {
            using var json = await JsonBody.ReadObjectAsync(context);
            if (json is null) return;
            if (CreateStreamRequest.Read(json.RootElement, out var errors) is not { } read)
            {
                await ProblemDocument.WriteAsync(context, ProblemCode.InvalidRequest, new ProblemNotes { Fields = errors });
                return;
            }

            body = read;
        }

        var header = new LiveSessionHeader(Guid.NewGuid().ToString("N"), time.GetUtcNow()) { Mode = body.Mode, Title = body.Title, Timeline = options.For(body.ChunkDurationSec, body.WindowSec) };
        try
        {
            if (await sessions.CreateAsync(header) is null)
            {
                await ProblemDocument.WriteAsync(context, ProblemCode.Overloaded, new ProblemNotes { Detail = "There are as many live sessions as this gateway takes. End one, or raise Gateway:Live:MaxSessions." });
                return;
            }
        }
        catch (IOException)
        {
            await ProblemDocument.WriteAsync(context, ProblemCode.LiveUnavailable);
            return;
        }

        telemetry.Created(header.Id);
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsJsonAsync(ReplyFor(context.Request, header), StreamSessionJson.Default.StreamSessionReply, cancellationToken: context.RequestAborted);
    }

    public async Task EndAsync(HttpContext context, LiveSession session)
    {
        await session.RefreshAsync();
        await session.AppendAsync(new LiveRecord(LiveRecordKind.Ended, time.GetUtcNow()) { Reason = LiveTimeline.EndedByUploader }, t => t.EndedAt is null);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>A new token for the current one, while the session is open.</summary>
    public async Task RenewAsync(HttpContext context, LiveSession session)
    {
        await session.RefreshAsync();
        if (session.Look(t => t.EndedAt) is not null)
        {
            await ProblemDocument.WriteAsync(context, ProblemCode.SessionEnded);
            return;
        }

        var (token, expires) = tokens.Issue(StreamPurpose.Upload, session.Id, options.TokenLifetime);
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsJsonAsync(new TokenReply(token, expires), StreamSessionJson.Default.TokenReply, cancellationToken: context.RequestAborted);
    }

    private StreamSessionReply ReplyFor(HttpRequest request, LiveSessionHeader header)
    {
        var root = $"{request.Scheme}://{request.Host}{request.PathBase.ToUriComponent()}";
        var own = $"{root}/stream_sessions/{header.Id}";
        var (token, expires) = tokens.Issue(StreamPurpose.Upload, header.Id, options.TokenLifetime);
        // Whoever is given the address may watch, and nothing else.
        var capability = gate.NeedsCredential ? $"?{LiveGate.WatchParameter}={tokens.Issue(StreamPurpose.Watch, header.Id, WatchLifetime).Text}" : "";
        return new StreamSessionReply(
            header.Id,
            root + LiveFetch.PlaylistOf(header.Id) + capability,
            StreamModes.NameOf(header.Mode),
            header.Timeline.TargetDuration,
            header.ContractVersion,
            new StreamUpload($"{own}/chunks/{{index}}", token, expires, $"{own}/token", options.MaxChunkBytes, StreamChunkKey.LastIndex));
    }
}

using System.Globalization;
using Gateway.Access;
using Gateway.Access.Streams;
using Gateway.Live.Ingest;
using Gateway.Live.Keys;
using Gateway.Live.Sessions;
using Gateway.Live.Work;
using Gateway.Problems;

namespace Gateway.Live;

/// <summary>The routes of uploaders and of the transcoder. Viewers take <see cref="Gateway.Playback"/>'s.</summary>
internal static class LiveRoutes
{
    public const string Root = "/stream_sessions";

    /// <summary>Whether live ingest is on.</summary>
    public static bool TakesLive(this WebApplication app) => app.Services.GetRequiredService<LiveOptions>().Enabled;

    /// <summary>Under which paths uploaders and viewers of live sessions ask; none where live ingest is off, and an operator's own routes may be there.</summary>
    public static string[] LiveRoots(this WebApplication app) => app.TakesLive() ? ["/stream", Root] : [];

    /// <summary>Maps them where live ingest is on; else there is nothing at their paths.</summary>
    public static void MapLive(this WebApplication app)
    {
        if (!app.TakesLive()) return;
        app.MapPost(Root, (HttpContext context, StreamEndpoints endpoints) => endpoints.CreateAsync(context));
        app.MapPost(Root + "/{id}/end", (HttpContext context, string id, LiveGate gate, LiveSessions sessions, StreamEndpoints endpoints) =>
            WithSessionAsync(context, id, gate, sessions, session => endpoints.EndAsync(context, session)));
        app.MapPost(Root + "/{id}/token", (HttpContext context, string id, LiveGate gate, LiveSessions sessions, StreamEndpoints endpoints) =>
            WithSessionAsync(context, id, gate, sessions, session => endpoints.RenewAsync(context, session)));
        app.MapPut(Root + "/{id}/chunks/{index}", (HttpContext context, string id, string index, LiveGate gate, LiveSessions sessions, ChunkIntake intake) =>
            WithChunkAsync(context, id, index, gate, sessions, (session, number) => intake.TakeAsync(context, session, number)));
        app.MapMethods(Root + "/{id}/chunks/{index}", [HttpMethods.Head], (HttpContext context, string id, string index, LiveGate gate, LiveSessions sessions, ChunkIntake intake) =>
            WithChunkAsync(context, id, index, gate, sessions, (session, number) => intake.TellOffsetAsync(context, session, number)));
        app.MapGet(ChunkTranscoder.InputRoute + "/{id}/{index}", (HttpContext context, string id, string index, LiveGate gate, LiveSessions sessions, SegmentIntake intake) =>
            WithWorkAsync(context, id, index, StreamPurpose.ReadChunk, gate, sessions, (session, number) => intake.SendChunkAsync(context, session, number))).ExcludeFromDescription();
        app.MapPut(ChunkTranscoder.OutputRoute + "/{id}/{index}", (HttpContext context, string id, string index, LiveGate gate, LiveSessions sessions, SegmentIntake intake) =>
            WithWorkAsync(context, id, index, StreamPurpose.WriteSegment, gate, sessions, (session, number) => intake.TakeSegmentAsync(context, session, number))).ExcludeFromDescription();
    }

    private static Task WithChunkAsync(HttpContext context, string id, string index, LiveGate gate, LiveSessions sessions, Func<LiveSession, int, Task> handle) =>
        WithSessionAsync(context, id, gate, sessions, session => TryReadIndex(index, out var number) ? handle(session, number) : ProblemDocument.WriteAsync(context, ProblemCode.ChunkIndexInvalid));

    private static async Task WithSessionAsync(HttpContext context, string id, LiveGate gate, LiveSessions sessions, Func<LiveSession, Task> handle)
    {
        if (!StreamChunkKey.IsSessionId(id))
        {
            await ProblemDocument.WriteAsync(context, ProblemCode.SessionNotFound);
            return;
        }

        // A caller without the token learns nothing of what sessions there are.
        if (gate.CheckUpload(context.Request, id) is var denial and not AccessDenial.None) await RefuseAsync(context, denial);
        else await FindAsync(context, id, sessions, handle);
    }

    private static async Task WithWorkAsync(HttpContext context, string id, string index, StreamPurpose purpose, LiveGate gate, LiveSessions sessions, Func<LiveSession, int, Task> handle)
    {
        if (!StreamChunkKey.IsSessionId(id) || !TryReadIndex(index, out var number)) await ProblemDocument.WriteAsync(context, ProblemCode.RouteNotFound);
        else if (gate.CheckWork(context.Request, purpose, id, number) is var denial and not AccessDenial.None) await RefuseAsync(context, denial);
        else await FindAsync(context, id, sessions, session => handle(session, number));
    }

    private static async Task FindAsync(HttpContext context, string id, LiveSessions sessions, Func<LiveSession, Task> handle)
    {
        try
        {
            if (await sessions.FindAsync(id) is not { } session) await ProblemDocument.WriteAsync(context, ProblemCode.SessionNotFound);
            else await handle(session);
        }
        catch (Exception e) when (e is IOException and not BadHttpRequestException && !context.RequestAborted.IsCancellationRequested)
        {
            await ProblemDocument.WriteAsync(context, ProblemCode.LiveUnavailable);
        }
    }

    private static Task RefuseAsync(HttpContext context, AccessDenial denial) => context.RequestServices.GetRequiredService<Authenticator>().RefuseAsync(context, denial);

    private static bool TryReadIndex(string text, out int index) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out index) && index <= StreamChunkKey.LastIndex;
}

using System.Text.Json;
using Gateway.Live.Sessions;
using Gateway.Live.Timeline;
using Gateway.Problems;

namespace Gateway.Live.Ingest;

/// <summary>What uploaders are told, and what is counted with it.</summary>
internal sealed class ChunkReplies(LiveTelemetry telemetry)
{
    public Task RefuseAsync(HttpContext context, LiveSession session, int index, ChunkRefusal refusal, ProblemNotes? notes = null)
    {
        telemetry.Refused(session.Id, index, refusal.Reason);
        return ProblemDocument.WriteAsync(context, refusal.Code, notes);
    }

    public Task RefuseAsync(HttpContext context, LiveSession session, int index, ReceivedBody received) => RefuseAsync(context, session, index, RefusalOf(received));

    /// <summary>Tells what became of a chunk whose body was received whole.</summary>
    /// <param name="context">Where.</param>
    /// <param name="session">Its session.</param>
    /// <param name="index">Its index.</param>
    /// <param name="verdict">What became of it.</param>
    /// <param name="chunk">What it is.</param>
    /// <param name="took">Since its request came.</param>
    public async Task AnswerAsync(HttpContext context, LiveSession session, int index, ChunkVerdict verdict, AcceptedChunk chunk, TimeSpan took)
    {
        switch (verdict)
        {
            case ChunkVerdict.Accepted or ChunkVerdict.Late:
                telemetry.Received(session.Id, index, chunk, verdict == ChunkVerdict.Late, took);
                break;
            case ChunkVerdict.Repeated:
                telemetry.Repeated();
                break;
            default:
                await RefuseAsync(context, session, index, RefusalOf(verdict));
                return;
        }

        context.Response.StatusCode = verdict == ChunkVerdict.Repeated ? StatusCodes.Status200OK : StatusCodes.Status201Created;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteNumber("index", index);
        json.WriteNumber("bytes", chunk.Length);
        json.WriteNumber("duration_sec", Math.Round(chunk.Seconds, 6));
        json.WriteBoolean("late", verdict == ChunkVerdict.Late);
        json.WriteEndObject();
    }

    private static ChunkRefusal RefusalOf(ReceivedBody received) => received switch
    {
        ReceivedBody.TooLarge => new ChunkRefusal(ProblemCode.ChunkTooLarge, "too_large"),
        ReceivedBody.TooSlow => new ChunkRefusal(ProblemCode.UploadTooSlow, "too_slow"),
        ReceivedBody.TakenOver => new ChunkRefusal(ProblemCode.ChunkConflict, "taken_over"),
        ReceivedBody.NoRoom => new ChunkRefusal(ProblemCode.LiveStorageFull, "no_room"),
        _ => new ChunkRefusal(ProblemCode.ChunkCut, "cut"),
    };

    private static ChunkRefusal RefusalOf(ChunkVerdict verdict) => verdict switch
    {
        ChunkVerdict.NotMedia => new ChunkRefusal(ProblemCode.ChunkNotMedia, "not_media"),
        ChunkVerdict.TooLong => new ChunkRefusal(ProblemCode.ChunkTooLong, "too_long"),
        ChunkVerdict.WrongDigest => new ChunkRefusal(ProblemCode.ChunkDigest, "digest"),
        _ => new ChunkRefusal(ProblemCode.ChunkConflict, "conflict"),
    };
}

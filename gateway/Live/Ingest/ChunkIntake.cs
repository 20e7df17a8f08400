using System.Globalization;
using System.Text.Json;
using Gateway.Live.Sessions;
using Gateway.Live.Timeline;
using Gateway.Live.Work;
using Gateway.Problems;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Live.Ingest;

/// <summary>
/// <c>PUT /stream_sessions/{id}/chunks/{index}</c>. What can be refused is refused before the body is read: (1) index, length, a session that takes nothing more, a queue without room; then (2) the body
/// goes to a file of its own, from where a broken upload can go on; (3) <see cref="ChunkStore"/> makes it a chunk; (4) it is queued, and its uploader is told.
/// </summary>
internal sealed class ChunkIntake(PartialUploads uploads, BodyReceiver receiver, ChunkStore chunks, LiveWork work, LiveTelemetry telemetry, LiveOptions options, TimeProvider time)
{
    public const string OffsetField = "Upload-Offset";

    private static readonly ProblemNotes BadDigest = new() { Detail = "Repr-Digest has no SHA-256 that can be read; write sha-256=:base64:." };
    private static readonly ProblemNotes BadOffset = new() { Detail = "Upload-Offset is a whole number from 0." };
    private static readonly ProblemNotes Busy = new() { Detail = "Another node is taking a chunk under this index just now. Send it again.", RetryAfter = TimeSpan.FromSeconds(1) };

    /// <summary>Tells how much of a chunk has arrived, by <c>Upload-Offset</c>: where an upload that broke off goes on.</summary>
    public Task TellOffsetAsync(HttpContext context, LiveSession session, int index)
    {
        var known = session.Look(t => t.ChunkAt(index));
        context.Response.Headers[OffsetField] = (known?.Length ?? uploads.LengthOf(session.Id, index)).ToString(CultureInfo.InvariantCulture);
        context.Response.Headers["Upload-Complete"] = known is null ? "?0" : "?1";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    public async Task TakeAsync(HttpContext context, LiveSession session, int index)
    {
        // 1
        var began = time.GetTimestamp();
        var request = context.Request;
        // The bound is kept here: the server's own would cut the connection before its client has read why.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null;
        if (!TryReadOffset(request, out var offset)) await RefuseAsync(context, session, index, ProblemCode.InvalidRequest, "offset", BadOffset);
        else if (!ReprDigest.TryRead(request.Headers["Repr-Digest"].ToString(), out var digest)) await RefuseAsync(context, session, index, ProblemCode.InvalidRequest, "digest", BadDigest);
        else if (request.ContentLength + (offset ?? 0) > options.MaxChunkBytes) await RefuseAsync(context, session, index, ProblemCode.ChunkTooLarge, "too_large");
        else if (request.ContentLength == 0 && offset is null or 0) await RefuseAsync(context, session, index, ProblemCode.ChunkEmpty, "empty");
        else await ReserveAsync(new Upload(context, session, index, offset, digest, began));
    }

    private async Task ReserveAsync(Upload upload)
    {
        var (context, session, index) = (upload.Context, upload.Session, upload.Index);
        await session.RefreshAsync();
        var known = session.Look(t => t.ChunkAt(index));
        if (known is { } there && upload.Offset is null && context.Request.ContentLength is { } length && length != there.Length)
        {
            await RefuseAsync(context, session, index, ProblemCode.ChunkConflict, "conflict");
            return;
        }

        if (known is null && session.Look(t => t.ClosedAt) is { } at && time.GetUtcNow() - at > options.LateUploads)
        {
            await RefuseAsync(context, session, index, ProblemCode.SessionEnded, "ended");
            return;
        }

        if (known is null && session.Look(t => t.MayBeListed(index)))
        {
            var room = work.Queue.TryReserve(session.Id);
            upload.HasRoom = room == ReservationResult.Reserved;
            if (!upload.HasRoom)
            {
                await RefuseAsync(context, session, index, room == ReservationResult.Full ? ProblemCode.Overloaded : ProblemCode.LiveQueueFull, "queue_full");
                return;
            }
        }

        try
        {
            await ReceiveAsync(upload);
        }
        finally
        {
            if (upload.HasRoom) work.Queue.Release(session.Id);
        }
    }

    private async Task ReceiveAsync(Upload upload)
    {
        var (context, session, index) = (upload.Context, upload.Session, upload.Index);
        using var holder = await uploads.TakeAsync(session.Id, index, context.RequestAborted);
        if (holder is null)
        {
            await RefuseAsync(context, session, index, ProblemCode.Overloaded, "busy", Busy);
            return;
        }

        var path = uploads.PathOf(session.Id, index);
        if (upload.Offset is { } from && from != uploads.LengthOf(session.Id, index))
        {
            context.Response.Headers[OffsetField] = uploads.LengthOf(session.Id, index).ToString(CultureInfo.InvariantCulture);
            await RefuseAsync(context, session, index, ProblemCode.ChunkOffset, "offset");
            return;
        }

        // 2
        var received = await receiver.ReceiveAsync(context.Request, path, upload.Offset ?? 0, holder.Ended);
        if (received == ReceivedBody.Whole && uploads.LengthOf(session.Id, index) == 0)
        {
            TryDelete(path);
            await RefuseAsync(context, session, index, ProblemCode.ChunkEmpty, "empty");
            return;
        }

        if (received != ReceivedBody.Whole)
        {
            if (received is ReceivedBody.TooLarge or ReceivedBody.NoRoom) TryDelete(path);
            else uploads.Trim(session.Id);
            await RefuseAsync(context, session, index, CodeOf(received), LabelOf(received));
            return;
        }

        await KeepAsync(upload, path);
    }

    private async Task KeepAsync(Upload upload, string path)
    {
        ChunkVerdict verdict;
        AcceptedChunk chunk;
        try
        {
            // 3
            (verdict, chunk) = await chunks.TakeAsync(upload.Session, upload.Index, path, upload.Digest, CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await RefuseAsync(upload.Context, upload.Session, upload.Index, ProblemCode.LiveUnavailable, "store");
            return;
        }

        // 4
        if (verdict == ChunkVerdict.Accepted)
        {
            work.Add(new WorkItem(upload.Session.Id, upload.Index), upload.HasRoom);
            upload.HasRoom = false;
        }

        if (verdict != ChunkVerdict.Busy) TryDelete(path);
        await AnswerAsync(upload.Context, upload.Session, upload.Index, verdict, chunk, time.GetElapsedTime(upload.Began));
    }

    private async Task AnswerAsync(HttpContext context, LiveSession session, int index, ChunkVerdict verdict, AcceptedChunk chunk, TimeSpan took)
    {
        switch (verdict)
        {
            case ChunkVerdict.Accepted or ChunkVerdict.Late:
                telemetry.Received(session.Id, index, chunk, verdict == ChunkVerdict.Late, took);
                break;
            case ChunkVerdict.Repeated:
                telemetry.Repeated();
                break;
            case ChunkVerdict.Busy:
                await RefuseAsync(context, session, index, ProblemCode.Overloaded, "busy", Busy);
                return;
            default:
                await RefuseAsync(context, session, index, CodeOf(verdict), LabelOf(verdict));
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

    private Task RefuseAsync(HttpContext context, LiveSession session, int index, ProblemCode code, string reason, ProblemNotes? notes = null)
    {
        telemetry.Refused(session.Id, index, reason);
        return ProblemDocument.WriteAsync(context, code, notes);
    }

    private static bool TryReadOffset(HttpRequest request, out long? offset)
    {
        offset = null;
        if (request.Headers[OffsetField] is not [{ Length: > 0 } text]) return request.Headers[OffsetField].Count == 0;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var from)) return false;
        offset = from;
        return true;
    }

    private static ProblemCode CodeOf(ReceivedBody received) => received switch
    {
        ReceivedBody.TooLarge => ProblemCode.ChunkTooLarge,
        ReceivedBody.TooSlow => ProblemCode.UploadTooSlow,
        ReceivedBody.TakenOver => ProblemCode.ChunkConflict,
        ReceivedBody.NoRoom => ProblemCode.LiveStorageFull,
        _ => ProblemCode.ChunkCut,
    };

    private static string LabelOf(ReceivedBody received) => received switch
    {
        ReceivedBody.TooLarge => "too_large",
        ReceivedBody.TooSlow => "too_slow",
        ReceivedBody.TakenOver => "taken_over",
        ReceivedBody.NoRoom => "no_room",
        _ => "cut",
    };

    private static ProblemCode CodeOf(ChunkVerdict verdict) => verdict switch
    {
        ChunkVerdict.NotMedia => ProblemCode.ChunkNotMedia,
        ChunkVerdict.TooLong => ProblemCode.ChunkTooLong,
        ChunkVerdict.WrongDigest => ProblemCode.ChunkDigest,
        _ => ProblemCode.ChunkConflict,
    };

    private static string LabelOf(ChunkVerdict verdict) => verdict switch
    {
        ChunkVerdict.NotMedia => "not_media",
        ChunkVerdict.TooLong => "too_long",
        ChunkVerdict.WrongDigest => "digest",
        _ => "conflict",
    };

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The sweeper deletes it later.
        }
    }

    /// <summary>One request, and whether room in the queue is reserved for it.</summary>
    private sealed record Upload(HttpContext Context, LiveSession Session, int Index, long? Offset, byte[] Digest, long Began)
    {
        public bool HasRoom { get; set; }
    }
}

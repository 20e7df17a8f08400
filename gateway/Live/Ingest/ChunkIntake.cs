using System.Globalization;
using Gateway.Live.Sessions;
using Gateway.Live.Timeline;
using Gateway.Problems;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Live.Ingest;

/// <summary>
/// <c>PUT /stream_sessions/{id}/chunks/{index}</c>. What can be refused is refused before the body is read: (1) index, length, a session that takes nothing more, no room (<see cref="ChunkAdmission"/>); then (2) the body
/// goes to a file of its own, from where a broken upload can go on; (3) room is taken for it; (4) <see cref="ChunkStore"/> makes it a chunk; (5) it is queued, and its uploader is told.
/// </summary>
internal sealed class ChunkIntake(PartialUploads uploads, BodyReceiver receiver, ChunkStore chunks, ChunkAdmission admission, ChunkReplies replies, TimeProvider time)
{
    public const string OffsetField = "Upload-Offset";

    /// <summary>Room that is taken at once for an upload without a length, bytes.</summary>
    internal const int Step = 1 << 20;

    private static readonly ChunkRefusal WrongOffset = new(ProblemCode.InvalidRequest, "offset"), WrongDigest = new(ProblemCode.InvalidRequest, "digest");
    private static readonly ProblemNotes BadDigest = new() { Detail = "Repr-Digest has no SHA-256 that can be read; write sha-256=:base64:." };
    private static readonly ProblemNotes BadOffset = new() { Detail = "Upload-Offset is a whole number from 0." };
    private static readonly ProblemNotes Busy = new() { Detail = "Another upload of this chunk is just being finished. Send it again.", RetryAfter = TimeSpan.FromSeconds(1) };
    private static readonly ProblemNotes TooMany = new() { Detail = "The session has as many uploads under way as Gateway:Live:UploadsPerSession allows. Send this chunk again.", RetryAfter = TimeSpan.FromSeconds(1) };

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
        if (!TryReadOffset(request, out var offset)) await replies.RefuseAsync(context, session, index, WrongOffset, BadOffset);
        else if (!ReprDigest.TryRead(request.Headers["Repr-Digest"].ToString(), out var digest)) await replies.RefuseAsync(context, session, index, WrongDigest, BadDigest);
        else if (offset > receiver.MaxBytes || request.ContentLength > receiver.MaxBytes - (offset ?? 0)) await replies.RefuseAsync(context, session, index, ReceivedBody.TooLarge);
        else if (request.ContentLength == 0 && offset is null or 0) await replies.RefuseAsync(context, session, index, new ChunkRefusal(ProblemCode.ChunkEmpty, "empty"));
        else await AdmitAsync(new Upload(context, session, index, offset, digest, began));
    }

    private async Task AdmitAsync(Upload upload)
    {
        var (context, session, index) = (upload.Context, upload.Session, upload.Index);
        await session.RefreshAsync();
        var refusal = session.Look(t => t.ChunkAt(index)) is { } known
            ? upload.Offset is null && context.Request.ContentLength is { } length && length != known.Length ? new ChunkRefusal(ProblemCode.ChunkConflict, "conflict") : (ChunkRefusal?)null
            : admission.Look(session, index, (context.Request.ContentLength ?? 0) + (upload.Offset ?? 0));
        if (refusal is { } early)
        {
            await replies.RefuseAsync(context, session, index, early);
            return;
        }

        if (!uploads.TryEnter(session.Id))
        {
            await replies.RefuseAsync(context, session, index, new ChunkRefusal(ProblemCode.LiveQueueFull, "too_many_uploads"), TooMany);
            return;
        }

        try
        {
            await ReceiveAsync(upload);
        }
        finally
        {
            uploads.Leave(session.Id);
        }
    }

    private async Task ReceiveAsync(Upload upload)
    {
        var (context, session, index) = (upload.Context, upload.Session, upload.Index);
        using var holder = await uploads.TakeAsync(session.Id, index, context.RequestAborted);
        if (holder is null)
        {
            await replies.RefuseAsync(context, session, index, new ChunkRefusal(ProblemCode.Overloaded, "busy"), Busy);
            return;
        }

        var path = uploads.PathOf(session.Id, index);
        if (upload.Offset is { } from && from != uploads.LengthOf(session.Id, index))
        {
            context.Response.Headers[OffsetField] = uploads.LengthOf(session.Id, index).ToString(CultureInfo.InvariantCulture);
            await replies.RefuseAsync(context, session, index, new ChunkRefusal(ProblemCode.ChunkOffset, "offset"));
            return;
        }

        // The same chunk once more takes no more than it has already.
        var isRepeated = context.Request.ContentLength is not null && session.Look(t => t.ChunkAt(index)) is not null;
        var begin = upload.Offset ?? 0;
        var room = context.Request.ContentLength + begin ?? Math.Min(receiver.MaxBytes, begin + Step);
        if (isRepeated) holder.Announce(room);
        else if (!admission.TryAnnounce(holder, room))
        {
            await replies.RefuseAsync(context, session, index, ChunkAdmission.StorageFull);
            return;
        }

        // 2
        var received = await receiver.ReceiveAsync(context.Request, path, begin, holder.Ended, HasRoom);
        if (received == ReceivedBody.Whole && uploads.LengthOf(session.Id, index) == 0)
        {
            PartialUploads.TryDelete(path);
            await replies.RefuseAsync(context, session, index, new ChunkRefusal(ProblemCode.ChunkEmpty, "empty"));
        }
        else if (received != ReceivedBody.Whole)
        {
            if (received is ReceivedBody.TooLarge or ReceivedBody.NoRoom) PartialUploads.TryDelete(path);
            else uploads.Trim(session.Id);
            await replies.RefuseAsync(context, session, index, received);
        }
        else
        {
            holder.Announce(uploads.LengthOf(session.Id, index));
            await KeepAsync(upload, path);
        }

        // One that does not tell its length has room step by step: a slow one would else keep that of a largest chunk from the others.
        bool HasRoom(long length)
        {
            if (length <= room) return true;
            room = Math.Min(receiver.MaxBytes, length + Step);
            return admission.TryAnnounce(holder, room);
        }
    }

    private async Task KeepAsync(Upload upload, string path)
    {
        var (context, session, index) = (upload.Context, upload.Session, upload.Index);
        // 3
        if (admission.Reserve(session, index, uploads.LengthOf(session.Id, index), out var isReserved) is { } full)
        {
            uploads.Trim(session.Id);
            await replies.RefuseAsync(context, session, index, full);
            return;
        }

        ChunkVerdict verdict;
        AcceptedChunk chunk;
        try
        {
            // 4
            (verdict, chunk) = await chunks.TakeAsync(session, index, path, upload.Digest, CancellationToken.None);

            // 5
            if (verdict == ChunkVerdict.Accepted)
            {
                admission.Queue(session, index, isReserved);
                isReserved = false;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await replies.RefuseAsync(context, session, index, new ChunkRefusal(ProblemCode.LiveUnavailable, "store"));
            return;
        }
        finally
        {
            if (isReserved) admission.Release(session);
        }

        PartialUploads.TryDelete(path);
        await replies.AnswerAsync(context, session, index, verdict, chunk, time.GetElapsedTime(upload.Began));
    }

    private static bool TryReadOffset(HttpRequest request, out long? offset)
    {
        offset = null;
        if (request.Headers[OffsetField] is not [{ Length: > 0 } text]) return request.Headers[OffsetField].Count == 0;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var from)) return false;
        offset = from;
        return true;
    }

    /// <summary>One request.</summary>
    private sealed record Upload(HttpContext Context, LiveSession Session, int Index, long? Offset, byte[] Digest, long Began);
}

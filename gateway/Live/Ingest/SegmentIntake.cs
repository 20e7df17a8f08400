using Gateway.Live.Containers;
using Gateway.Live.Keys;
using Gateway.Live.Sessions;
using Gateway.Live.Storage;
using Gateway.Live.Timeline;
using Gateway.Problems;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Live.Ingest;

/// <summary>
/// The transcoder's side: it reads a chunk and writes the segment made of it. A segment is taken apart into its initialisation, which all segments of one configuration share, and its fragments; both go to
/// the store before the journal says that the chunk is made, and on whichever node it arrives, the playlist has it everywhere.
/// </summary>
internal sealed class SegmentIntake(IObjectStore store, PartialUploads uploads, BodyReceiver receiver, TimeProvider time)
{
    /// <summary>How the names of files end in which segments arrive, and of those that they are taken apart into.</summary>
    public const string Suffix = ".segment", Beside = Suffix + ".part";

    private static readonly ProblemNotes NoSegment = new() { Detail = "The segment is no fragmented MP4 with its movie header and 64-bit decode times, or lasts longer than the target duration of its playlist." };

    /// <summary>Sends an uploaded chunk to the transcoder.</summary>
    public async Task SendChunkAsync(HttpContext context, LiveSession session, int index)
    {
        await session.RefreshAsync();
        var key = session.Look(t => t.ChunkAt(index)) is { IsAside: true } aside ? StreamChunkKey.AsideOf(session.Id, index, aside.Digest) : StreamChunkKey.InputOf(session.Id, index);
        await using var chunk = await store.OpenAsync(key, context.RequestAborted);
        if (chunk is null)
        {
            await ProblemDocument.WriteAsync(context, ProblemCode.AssetNotFound);
            return;
        }

        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = chunk.Length;
        context.Response.Headers.CacheControl = "private, no-store";
        await chunk.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    /// <summary>Takes the segment of a chunk.</summary>
    public async Task TakeSegmentAsync(HttpContext context, LiveSession session, int index)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null;
        var path = Path.Combine(uploads.Folder, $"{session.Id}_{index:D5}.{Guid.NewGuid():N}{Suffix}");
        try
        {
            var received = await receiver.ReceiveAsync(context.Request, path, 0, context.RequestAborted);
            if (received != ReceivedBody.Whole)
            {
                await ProblemDocument.WriteAsync(context, received == ReceivedBody.NoRoom ? ProblemCode.LiveStorageFull : received == ReceivedBody.TooLarge ? ProblemCode.ChunkTooLarge : ProblemCode.ChunkCut);
                return;
            }

            await session.RefreshAsync();
            if (session.Look(t => t.IsUnsettled(index)) && !await KeepAsync(session, index, path))
            {
                await ProblemDocument.WriteAsync(context, ProblemCode.ChunkNotMedia, NoSegment);
                return;
            }

            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        catch (IOException)
        {
            await ProblemDocument.WriteAsync(context, ProblemCode.LiveUnavailable);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private async Task<bool> KeepAsync(LiveSession session, int index, string path)
    {
        using var file = File.OpenHandle(path);
        // A chunk's header may say less than its media last, and no entry may be longer than the target (RFC 8216 §4.3.3.1).
        if (MadeSegmentReader.Read(file) is not { } made || made.Segment.Seconds > session.Header.Timeline.LongestChunk) return false;
        var part = path[..^Suffix.Length] + Beside;
        try
        {
            await CopyAsync(file, made.File.Init, part);
            await store.CreateAsync(StreamChunkKey.OutputFolderOf(session.Id) + StreamChunkKey.InitNameOf(made.Segment.Init), part, CancellationToken.None);
            await CopyAsync(file, made.File.Media, part);
            var segment = made.Segment;
            if (!await store.CreateAsync(StreamChunkKey.OutputOf(session.Id, index), part, CancellationToken.None))
            {
                // Another call was first, and what it wrote may be in players' hands by now: it is what is described.
                if (await StoredAsync(session.Id, index, made.File.Movie!, part) is not { } stored) return false;
                segment = stored;
            }

            await session.AppendAsync(new LiveRecord(LiveRecordKind.Made, time.GetUtcNow(), index) { Segment = segment }, t => t.IsUnsettled(index));
            return true;
        }
        finally
        {
            File.Delete(part);
        }
    }

    private async Task<MadeSegment?> StoredAsync(string session, int index, IsoMovie movie, string copy)
    {
        await using var stored = await store.OpenAsync(StreamChunkKey.OutputOf(session, index), CancellationToken.None);
        if (stored is null) return null;
        await using (var file = new FileStream(copy, FileMode.Create, FileAccess.Write)) await stored.Content.CopyToAsync(file);
        using var handle = File.OpenHandle(copy);
        return MadeSegmentReader.Read(handle, movie)?.Segment;
    }

    private static async Task CopyAsync(SafeFileHandle from, List<(long Offset, long Length)> parts, string to)
    {
        await using var target = new FileStream(to, FileMode.Create, FileAccess.Write, FileShare.None, 64 << 10, useAsync: true);
        var block = new byte[64 << 10];
        foreach (var (offset, length) in parts)
        {
            for (long done = 0; done < length;)
            {
                var read = await RandomAccess.ReadAsync(from, block.AsMemory(0, (int)Math.Min(block.Length, length - done)), offset + done);
                if (read == 0) throw new IOException("A segment became shorter while it was read.");
                await target.WriteAsync(block.AsMemory(0, read));
                done += read;
            }
        }
    }
}

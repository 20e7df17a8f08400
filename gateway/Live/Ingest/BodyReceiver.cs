using System.Buffers;

namespace Gateway.Live.Ingest;

/// <summary>
/// Streams an upload's body into the file of its chunk, block by block: memory does not grow with the chunk. Whatever ends it early, what has come stays in the file, so that the upload can go on. The file need
/// not survive the loss of power: nothing is confirmed before the store has flushed its own.
/// </summary>
internal sealed class BodyReceiver(LiveOptions options, TimeProvider time)
{
    private const int BlockBytes = 64 << 10;

    /// <summary>Most bytes of a chunk.</summary>
    public long MaxBytes => options.MaxChunkBytes;

    /// <param name="request">Its body is read.</param>
    /// <param name="path">The file.</param>
    /// <param name="offset">From where the file is written; what lies behind is cut off.</param>
    /// <param name="ended">Ends the upload in favour of another one.</param>
    /// <param name="hasRoom">Asked before the file becomes so long.</param>
    public async Task<ReceivedBody> ReceiveAsync(HttpRequest request, string path, long offset, CancellationToken ended, Func<long, bool>? hasRoom = null)
    {
        var leaving = request.HttpContext.RequestAborted;
        using var limit = new CancellationTokenSource(options.UploadTimeout, time);
        using var all = CancellationTokenSource.CreateLinkedTokenSource(ended, limit.Token);
        var block = ArrayPool<byte>.Shared.Rent(BlockBytes);
        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, 0, useAsync: true);
            file.SetLength(offset);
            file.Position = offset;
            for (var length = offset; ;)
            {
                var (read, ending) = await ReadAsync(request, block, all.Token);
                if (ending is { } early) return leaving.IsCancellationRequested ? ReceivedBody.Cut : early == ReceivedBody.Cut && limit.IsCancellationRequested ? ReceivedBody.TooSlow : early == ReceivedBody.Cut && ended.IsCancellationRequested ? ReceivedBody.TakenOver : early;
                if (read == 0) break;
                length += read;
                if (length > MaxBytes) return ReceivedBody.TooLarge;
                if (hasRoom?.Invoke(length) == false) return ReceivedBody.NoRoom;
                await file.WriteAsync(block.AsMemory(0, read), CancellationToken.None);
            }

            return ReceivedBody.Whole;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ReceivedBody.NoRoom;
        }
        finally
        {
            if (file is not null) await file.DisposeAsync();
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    /// <summary>Failures of the client's connection are told from those of the file, which have the same type.</summary>
    private static async ValueTask<(int Read, ReceivedBody? Ending)> ReadAsync(HttpRequest request, byte[] block, CancellationToken ended)
    {
        try
        {
            return (await request.Body.ReadAsync(block, ended), null);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return (0, ReceivedBody.TooLarge);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status408RequestTimeout)
        {
            return (0, ReceivedBody.TooSlow);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            return (0, ReceivedBody.Cut);
        }
    }
}

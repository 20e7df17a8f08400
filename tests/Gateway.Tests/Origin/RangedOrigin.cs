using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Origin;

/// <summary>An origin of one file that supports ranges and If-Range, breaks its bodies on command, and lies on command.</summary>
internal sealed class RangedOrigin
{
    private int _asked;

    public byte[] File { get; init; } = Bytes(200_000, 1);

    public string? ETag { get; init; } = "\"v1\"";

    public DateTimeOffset? LastModified { get; init; }

    /// <summary>Bytes after which the body of the request with this ordinal, from 0, breaks; null for none.</summary>
    public Func<int, int?> BreaksAfter { get; init; } = static n => n == 0 ? 100_000 : null;

    /// <summary>Whether a body that breaks falls silent instead of being reset.</summary>
    public bool IsSilent { get; init; }

    /// <summary>Changes the answer to a range before it is sent.</summary>
    public Action<HttpContext>? Lie { get; init; }

    public bool IgnoresRanges { get; init; }

    public bool IsChunked { get; init; }

    public static byte[] Bytes(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public async Task AnswerAsync(HttpContext context)
    {
        var ordinal = Interlocked.Increment(ref _asked) - 1;
        var (from, to) = (0, File.Length);
        var answer = context.Response;
        if (ETag is not null) answer.Headers.ETag = ETag;
        if (LastModified is { } date) answer.Headers.LastModified = date.ToString("r", CultureInfo.InvariantCulture);
        answer.ContentType = "video/mp4";
        if (context.Request.GetTypedHeaders().Range?.Ranges.Single() is { } range && IsValid(context) && !IgnoresRanges)
        {
            from = (int)range.From!.Value;
            to = (int)Math.Min(File.Length, (range.To ?? long.MaxValue - 1) + 1);
            answer.StatusCode = 206;
            answer.Headers.ContentRange = $"bytes {from}-{to - 1}/{File.Length}";
        }

        if (!IsChunked) answer.ContentLength = to - from;
        if (ordinal > 0) Lie?.Invoke(context);
        var end = BreaksAfter(ordinal) is { } after ? Math.Min(to, from + after) : to;
        if (answer.ContentLength is { } told) end = (int)Math.Min(end, from + told);
        await answer.Body.WriteAsync(File.AsMemory(from, end - from), context.RequestAborted);
        if (end == to || BreaksAfter(ordinal) is null) return;
        await answer.Body.FlushAsync();
        if (IsSilent) await FaultyOrigin.HangAsync(context);
        // A server that has promised more closes the connection behind what it has sent. One that has promised nothing has to be made to; by then its bytes are out, since a pipe holds less.
        if (!IsChunked) return;
        context.Features.Get<Microsoft.AspNetCore.Connections.Features.IConnectionSocketFeature>()!.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        await FaultyOrigin.HangAsync(context);
    }

    private bool IsValid(HttpContext context)
    {
        var asked = context.Request.Headers.IfRange.ToString();
        return asked.Length == 0 || asked == ETag || asked == LastModified?.ToString("r", CultureInfo.InvariantCulture);
    }
}

using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gateway.FunctionalTests.Files;

/// <summary>An origin of files of any size, which lie nowhere: each byte follows from its place. It serves ranges, and notes what it was asked for.</summary>
internal sealed class FileOrigin : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly IReadOnlyDictionary<string, (long Length, string? Type)> _files;
    private long _sent;
    private int _held;

    private FileOrigin(IReadOnlyDictionary<string, (long Length, string? Type)> files)
    {
        _files = files;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(server => server.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public string Url => $"{_app.Urls.Single()}/";

    /// <summary>Method, path and range of each request.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>Body bytes handed to connections.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>After so many bytes of a body it stands still until the client leaves.</summary>
    public long HoldAfter { get; set; } = long.MaxValue;

    /// <summary>Bodies that stand still now.</summary>
    public int Held => Volatile.Read(ref _held);

    public static async Task<FileOrigin> StartAsync(params (string Path, long Length, string? Type)[] files)
    {
        var origin = new FileOrigin(files.ToDictionary(f => f.Path, f => (f.Length, f.Type)));
        await origin._app.StartAsync();
        return origin;
    }

    /// <summary>The bytes of every file from a place on.</summary>
    public static byte[] BytesAt(long offset, int count)
    {
        var bytes = new byte[count];
        Fill(bytes, offset);
        return bytes;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static void Fill(Span<byte> bytes, long offset)
    {
        for (var i = 0; i < bytes.Length; i++) bytes[i] = (byte)((offset + i) * 2654435761L >> 13);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        Asked.Enqueue($"{request.Method} {request.Path} {request.Headers.Range}".TrimEnd());
        if (!_files.TryGetValue(request.Path, out var file))
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        long first = 0, end = file.Length;
        if (request.GetTypedHeaders().Range is { Ranges: { Count: 1 } ranges } && ranges.First() is { From: { } from } range)
        {
            if (from >= file.Length)
            {
                response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
                response.Headers.ContentRange = $"bytes */{file.Length}";
                return;
            }

            (first, end) = (from, Math.Min(file.Length, (range.To ?? file.Length - 1) + 1));
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = $"bytes {first}-{end - 1}/{file.Length}";
        }

        response.Headers.ETag = "\"one\"";
        response.Headers.LastModified = "Sat, 01 Nov 2025 00:00:00 GMT";
        response.ContentType = file.Type;
        response.ContentLength = end - first;
        if (HttpMethods.IsHead(request.Method)) return;
        var piece = new byte[64 << 10];
        for (var at = first; at < end;)
        {
            if (at - first >= HoldAfter)
            {
                Interlocked.Increment(ref _held);
                var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                await using (context.RequestAborted.Register(left.SetResult)) await left.Task;
                Interlocked.Decrement(ref _held);
                return;
            }

            var count = (int)Math.Min(piece.Length, end - at);
            Fill(piece.AsSpan(0, count), at);
            await response.Body.WriteAsync(piece.AsMemory(0, count), context.RequestAborted);
            Interlocked.Add(ref _sent, count);
            at += count;
        }
    }
}

using System.Globalization;
using System.Net;
using System.Text;
using Gateway.Responses;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gateway.Benchmarks.Lending;

/// <summary>Serves each <see cref="StressObject"/>, whole or by range, and each <see cref="StressPlaylist"/>; one body of a hundred and fifty breaks off.</summary>
internal static class StressOrigin
{
    private const int BreaksOneOf = 150;

    private static int _served;

    public static async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Run(ServeAsync);
        await app.StartAsync();
        return app;
    }

    private static async Task ServeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (path.EndsWith(".ts", StringComparison.Ordinal))
        {
            // What playlists list is asked for ahead; nobody reads it.
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        if (StressPlaylist.Of(path) is { } list)
        {
            context.Response.Headers.ETag = $"\"list {list.Number}\"";
            context.Response.Headers.CacheControl = "max-age=3600";
            context.Response.ContentType = "application/vnd.apple.mpegurl";
            await SendAsync(context, Encoding.ASCII.GetBytes(list.Text));
            return;
        }

        var thing = StressObject.Of(path);
        var bytes = thing.Bytes;
        var response = context.Response;
        response.Headers.ETag = $"\"{thing.Number}\"";
        response.Headers.CacheControl = "max-age=3600";
        response.ContentType = "video/mp4";
        if (RangeHeader.Read(context.Request.Headers.Range).Resolve(thing.Length, out var part) == RangeVerdict.Part)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {part.Offset}-{part.End - 1}/{thing.Length}");
            bytes = bytes.Slice((int)part.Offset, (int)part.Length);
        }

        await SendAsync(context, bytes);
    }

    private static async Task SendAsync(HttpContext context, ReadOnlyMemory<byte> bytes)
    {
        var response = context.Response;
        response.ContentLength = bytes.Length;
        if (HttpMethods.IsHead(context.Request.Method)) return;
        if (Interlocked.Increment(ref _served) % BreaksOneOf == 0)
        {
            await response.Body.WriteAsync(bytes[..(bytes.Length / 2)]);
            await response.Body.FlushAsync();
            context.Abort();
            return;
        }

        await response.Body.WriteAsync(bytes);
    }
}

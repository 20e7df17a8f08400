using System.Globalization;
using System.Net;
using Gateway.Responses;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gateway.Benchmarks.Lending;

/// <summary>Serves each <see cref="StressObject"/>, whole or by range; one body of a hundred and fifty breaks off.</summary>
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
        var thing = StressObject.Of(context.Request.Path.Value!);
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

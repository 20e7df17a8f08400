using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gateway.FunctionalTests.SoundFiles;

/// <summary>
/// An origin of sound files by Range: WAV files of any length that lie nowhere, because each sample follows from its place, and files that ffmpeg has made.
/// </summary>
/// <remarks>
/// A sample tells its frame: the left one its low sixteen bits, the right one its high ones. Whoever records what is played knows of every sample where it came from.
/// </remarks>
internal sealed class SoundOrigin : IAsyncDisposable
{
    public const int SampleRate = 48_000;

    private const int HeaderSize = 44;
    private const int FrameSize = 4;

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, (long Length, byte[]? Content)> _files = new(StringComparer.Ordinal);

    private SoundOrigin()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(server => server.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public string Url => $"{_app.Urls.Single()}/";

    /// <summary>The tag of every file; another one is another version.</summary>
    public string Tag { get; set; } = "\"one\"";

    public static async Task<SoundOrigin> StartAsync()
    {
        var origin = new SoundOrigin();
        await origin._app.StartAsync();
        return origin;
    }

    /// <summary>A stereo WAV file of 16 bits in which each sample tells its frame.</summary>
    public void AddNumbered(string path, long frames) => _files[path] = (HeaderSize + (frames * FrameSize), null);

    public void Add(string path, byte[] content) => _files[path] = (content.Length, content);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static void Fill(Span<byte> bytes, long offset, ReadOnlySpan<byte> header)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            var at = offset + i;
            // The bytes of a frame are the bytes of its number.
            bytes[i] = at < HeaderSize ? header[(int)at] : (byte)((at - HeaderSize) / FrameSize >> (8 * (int)((at - HeaderSize) % FrameSize)));
        }
    }

    private static byte[] HeaderOf(long length)
    {
        using var header = new MemoryStream(HeaderSize);
        using var writer = new BinaryWriter(header, Encoding.ASCII);
        writer.Write("RIFF"u8);
        writer.Write((uint)(length - 8));
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write((short)1);
        writer.Write((short)2);
        writer.Write(SampleRate);
        writer.Write(SampleRate * FrameSize);
        writer.Write((short)FrameSize);
        writer.Write((short)16);
        writer.Write("data"u8);
        writer.Write((uint)(length - HeaderSize));
        return header.ToArray();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        if (!_files.TryGetValue(request.Path, out var file))
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        long first = 0, end = file.Length;
        if (request.GetTypedHeaders().Range is { Ranges: { Count: 1 } ranges } && ranges.First() is { From: { } from } range && from < file.Length)
        {
            (first, end) = (from, Math.Min(file.Length, (range.To ?? file.Length - 1) + 1));
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = $"bytes {first}-{end - 1}/{file.Length}";
        }

        response.Headers.ETag = Tag;
        response.ContentLength = end - first;
        if (HttpMethods.IsHead(request.Method)) return;
        var header = HeaderOf(file.Length);
        var piece = new byte[256 << 10];
        for (var at = first; at < end; at += piece.Length)
        {
            var part = piece.AsMemory(0, (int)Math.Min(piece.Length, end - at));
            if (file.Content is { } content) content.AsMemory((int)at, part.Length).CopyTo(part);
            else Fill(part.Span, at, header);
            await response.Body.WriteAsync(part, context.RequestAborted);
        }
    }
}

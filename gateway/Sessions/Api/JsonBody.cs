using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Gateway.Json;
using Gateway.Problems;
using Microsoft.AspNetCore.Connections;

namespace Gateway.Sessions.Api;

/// <summary>Reads a request's JSON body, limited in size and as strictly as <see cref="StrictJson"/>.</summary>
internal static class JsonBody
{
    /// <summary>Enough for 256 events; a title's name takes less than a hundredth of it.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>The body as an object; null when the answer, a problem, has been written.</summary>
    public static async Task<JsonDocument?> ReadObjectAsync(HttpContext context)
    {
        if (await ReadAsync(context) is not { } bytes) return null;
        if (StrictJson.TryParse(bytes, out var document))
        {
            if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
            document.Dispose();
        }

        await ProblemDocument.WriteAsync(context, ProblemCode.InvalidRequest, new ProblemNotes { Detail = "The body is no JSON object, is nested too deep, has a property twice, or text that is no Unicode." });
        return null;
    }

    /// <summary>The body's bytes; null when the answer, a problem, has been written.</summary>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpContext context)
    {
        var request = context.Request;
        if (!IsJson(request.ContentType))
        {
            await ProblemDocument.WriteAsync(context, ProblemCode.UnsupportedMediaType);
            return null;
        }

        if (request.ContentLength is not > MaxBytes)
        {
            // No cancellation token here: the server ends the read by itself when the client leaves, and treats a cancelled read as still pending.
            var result = await ReadWholeAsync(request.BodyReader);
            if (result.Buffer.Length <= MaxBytes)
            {
                var bytes = result.Buffer.ToArray();
                request.BodyReader.AdvanceTo(result.Buffer.End);
                return bytes;
            }

            request.BodyReader.AdvanceTo(result.Buffer.End);
        }

        await ProblemDocument.WriteAsync(context, ProblemCode.BodyTooLarge);
        return null;
    }

    /// <exception cref="BadHttpRequestException">
    /// The server gave the body up half-way: the stream was reset, the length differs from the announced one (RFC 9113 §8.1.1), or a chunk length is invalid (RFC 9112 §7.1).
    /// </exception>
    private static async ValueTask<ReadResult> ReadWholeAsync(PipeReader body)
    {
        try
        {
            return await body.ReadAtLeastAsync(MaxBytes + 1, CancellationToken.None);
        }
        catch (IOException e) when (e is not (BadHttpRequestException or ConnectionResetException))
        {
            throw new BadHttpRequestException("The body does not arrive as it was announced.", StatusCodes.Status400BadRequest, e);
        }
    }

    // sendBeacon and navigator fetches without options say text/plain, which needs no preflight; NDJSON has two names.
    private static bool IsJson(string? contentType)
    {
        if (string.IsNullOrEmpty(contentType)) return true;
        var end = contentType.IndexOf(';', StringComparison.Ordinal);
        var type = (end < 0 ? contentType : contentType[..end]).Trim().ToLowerInvariant();
        return type is "application/json" or "text/json" or "text/plain" or "application/x-ndjson" or "application/ndjson" || type.EndsWith("+json", StringComparison.Ordinal);
    }
}

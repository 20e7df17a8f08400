using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gateway.FunctionalTests.Live;

/// <summary>
/// The part of S3's protocol that decides who may write an object, in memory. It answers HEAD as if nothing were there, as a writer sees it who is a moment early: what guards then is the condition alone, which can be
/// switched off for whole objects and for parts as servers of several makers have it.
/// </summary>
internal sealed class BlindS3Server : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, byte[]> _objects = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SortedDictionary<int, byte[]>> _uploads = new(StringComparer.Ordinal);
    private readonly WebApplication _app;
    private readonly bool _conditionalPuts;
    private readonly bool _conditionalParts;

    private BlindS3Server(bool conditionalPuts, bool conditionalParts)
    {
        (_conditionalPuts, _conditionalParts) = (conditionalPuts, conditionalParts);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public string Endpoint => _app.Urls.First();

    /// <summary>Uploads in parts that were neither completed nor aborted.</summary>
    public int OpenUploads => _uploads.Count;

    /// <summary>Answers conditional writes as a server does that has another request for the object under way: nothing was written, and nothing is said of what is there.</summary>
    public bool Conflicts { get; set; }

    public static async Task<BlindS3Server> StartAsync(bool conditionalPuts, bool conditionalParts)
    {
        var server = new BlindS3Server(conditionalPuts, conditionalParts);
        await server._app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var (request, key) = (context.Request, context.Request.Path.Value!);
        var upload = request.Query["uploadId"].ToString();
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, context.RequestAborted);
        switch (request.Method)
        {
            case "GET" when _objects.TryGetValue(key, out var there):
                context.Response.ContentLength = there.Length;
                await context.Response.Body.WriteAsync(there, context.RequestAborted);
                break;
            case "POST" when request.Query.ContainsKey("uploads"):
                upload = Guid.NewGuid().ToString("N");
                _uploads[upload] = [];
                await context.Response.WriteAsync($"<InitiateMultipartUploadResult><UploadId>{upload}</UploadId></InitiateMultipartUploadResult>", context.RequestAborted);
                break;
            case "PUT" when upload.Length > 0:
                _uploads[upload][int.Parse(request.Query["partNumber"]!, CultureInfo.InvariantCulture)] = body.ToArray();
                context.Response.Headers.ETag = "\"0-1\"";
                break;
            case "POST":
                if (!Write(context, key, [.. _uploads[upload].Values.SelectMany(p => p)], _conditionalParts)) break;
                _uploads.TryRemove(upload, out _);
                await context.Response.WriteAsync("<CompleteMultipartUploadResult><ETag>0-1</ETag></CompleteMultipartUploadResult>", context.RequestAborted);
                break;
            case "PUT":
                Write(context, key, body.ToArray(), _conditionalPuts);
                break;
            case "DELETE":
                if (upload.Length > 0) _uploads.TryRemove(upload, out _);
                else _objects.TryRemove(key, out _);
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                break;
            default:
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                break;
        }
    }

    private bool Write(HttpContext context, string key, byte[] bytes, bool isConditional)
    {
        context.Response.Headers.ETag = "\"0-1\"";
        if (!isConditional || context.Request.Headers.IfNoneMatch != "*")
        {
            _objects[key] = bytes;
            return true;
        }

        if (Conflicts)
        {
            context.Response.StatusCode = StatusCodes.Status409Conflict;
            return false;
        }

        if (_objects.TryAdd(key, bytes)) return true;
        context.Response.StatusCode = StatusCodes.Status412PreconditionFailed;
        return false;
    }
}

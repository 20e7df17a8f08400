using System.Globalization;
using Gateway.Load.Links;
using Gateway.Load.Links.Virtual;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Gateway.Load.Targets;

/// <summary>
/// Made-up titles over HTTP, so that a gateway has something to fetch that is as long and as many as a test wants: manifests are real, segments are zeros of the right
/// length.
/// </summary>
internal sealed class SyntheticOrigin
{
    private static readonly byte[] s_zeros = new byte[64 * 1024];

    private readonly Dictionary<string, IVirtualServer> _titles;
    private readonly TimeProvider _time;

    public SyntheticOrigin(IEnumerable<TitleShape> shapes, TimeProvider time)
    {
        _titles = shapes.ToDictionary(static s => s.Name, static s => (IVirtualServer)new SyntheticTitle(s), StringComparer.Ordinal);
        _time = time;
    }

    public void Map(WebApplication app) => app.Run(AnswerAsync);

    private async Task AnswerAsync(HttpContext context)
    {
        var answer = context.Response;
        var path = context.Request.Path.Value ?? "/";
        var end = path.IndexOf('/', 1);
        if (end < 0 || !_titles.TryGetValue(path[1..end], out var title))
        {
            answer.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var query = context.Request.QueryString.Value;
        var reply = title.Answer(new TransferRequest { Kind = TransferKind.Other, Root = "", Path = path, Method = "GET", Directives = query is { Length: > 1 } ? query[1..] : null }, _time.GetUtcNow());
        answer.StatusCode = reply.Status;
        if (reply.Status != StatusCodes.Status200OK) return;
        if (reply.Wait > TimeSpan.Zero) await Task.Delay(reply.Wait, _time, context.RequestAborted);
        answer.ContentLength = reply.Length;
        answer.ContentType = Path.GetExtension(path) switch { ".m3u8" => "application/vnd.apple.mpegurl", ".mpd" => "application/dash+xml", _ => "video/mp4" };
        answer.Headers.CacheControl = reply.Body.IsEmpty ? "public, max-age=3600" : "no-cache";
        answer.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{reply.Length:x}\"");
        if (HttpMethods.IsHead(context.Request.Method)) return;
        if (!reply.Body.IsEmpty)
        {
            await answer.Body.WriteAsync(reply.Body, context.RequestAborted);
            return;
        }

        for (var left = reply.Length; left > 0; left -= s_zeros.Length) await answer.Body.WriteAsync(s_zeros.AsMemory(0, (int)Math.Min(left, s_zeros.Length)), context.RequestAborted);
    }
}

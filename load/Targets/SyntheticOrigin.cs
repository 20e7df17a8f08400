using System.Globalization;
using Gateway.Load.Links;
using Gateway.Load.Links.Virtual;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Gateway.Load.Targets;

/// <summary>
/// Made-up titles over HTTP, so that a gateway has something to fetch that is as long and as many as a test wants: manifests are real, segments are noise of the
/// right length, of which the tester knows every byte.
/// </summary>
internal sealed class SyntheticOrigin : IKnownTitles
{
    private readonly Dictionary<string, SyntheticTitle> _titles;
    private readonly Dictionary<string, SyntheticTitle>.AlternateLookup<ReadOnlySpan<char>> _byName;
    private readonly TimeProvider _time;

    public SyntheticOrigin(IEnumerable<TitleShape> shapes, TimeProvider time)
    {
        _titles = shapes.ToDictionary(static s => s.Name, static s => new SyntheticTitle(s), StringComparer.Ordinal);
        _byName = _titles.GetAlternateLookup<ReadOnlySpan<char>>();
        _time = time;
    }

    public void Map(WebApplication app) => app.Run(AnswerAsync);

    public KnownContent? Of(string path)
    {
        // The origin's own paths have three elements, whatever a gateway puts in front of them: title, rendition, file.
        var end = path.IndexOf('?', StringComparison.Ordinal) is var query and >= 0 ? query : path.Length;
        var name = path.AsSpan(0, end);
        for (var i = 0; i < 2; i++)
        {
            var slash = name.LastIndexOf('/');
            if (slash < 0) return null;
            name = name[..slash];
        }

        return _byName.TryGetValue(name[(name.LastIndexOf('/') + 1)..], out var title) ? title.Of(path) : null;
    }

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
        answer.ContentType = Path.GetExtension(path) switch { ".m3u8" => "application/vnd.apple.mpegurl", ".mpd" => "application/dash+xml", _ => "video/mp4" };
        // As docs/origins.md advises: a playlist is asked for each time, and the last one is good while nothing else is to be had.
        answer.Headers.CacheControl = reply.Body.IsEmpty ? "public, max-age=3600" : "max-age=0, stale-if-error=60";
        answer.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{reply.Length:x}\"");
        if (!reply.Body.IsEmpty)
        {
            answer.ContentLength = reply.Length;
            if (!HttpMethods.IsHead(context.Request.Method)) await answer.Body.WriteAsync(reply.Body, context.RequestAborted);
            return;
        }

        var (first, after) = PartOf(context, reply.Length);
        answer.ContentLength = after - first;
        if (HttpMethods.IsHead(context.Request.Method)) return;
        // Less than was promised: the server then closes the connection behind it.
        if (context.Features.Get<SentShare>() is { } sent) after = first + (long)((after - first) * sent.Share);
        var content = SyntheticContent.Of(path, reply.Length);
        for (var at = first; at < after;)
        {
            var piece = content.From(at);
            piece = piece[..(int)Math.Min(piece.Length, after - at)];
            await answer.Body.WriteAsync(piece, context.RequestAborted);
            at += piece.Length;
        }
    }

    /// <summary>The bytes that a Range asks for (RFC 9110 §14), or all.</summary>
    private static (long First, long End) PartOf(HttpContext context, long length)
    {
        var answer = context.Response;
        answer.Headers.AcceptRanges = "bytes";
        var asked = context.Request.GetTypedHeaders();
        if (asked.Range?.Ranges is not { Count: 1 } ranges || ranges.Single() is not { From: { } first } range || first >= length) return (0, length);
        if (asked.IfRange is { } condition && condition.EntityTag?.ToString() != answer.Headers.ETag.ToString()) return (0, length);
        var end = Math.Min(length, (range.To ?? length - 1) + 1);
        answer.StatusCode = StatusCodes.Status206PartialContent;
        answer.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {first}-{end - 1}/{length}");
        return (first, end);
    }

    /// <summary>Feature of a request whose body is to end early.</summary>
    /// <param name="Share">Part of the body that is sent.</param>
    internal sealed record SentShare(double Share);
}

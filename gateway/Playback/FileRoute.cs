using Gateway.Access;
using Gateway.Access.Sources;
using Gateway.Files;
using Gateway.Media;
using Gateway.Problems;
using Gateway.Telemetry;

namespace Gateway.Playback;

/// <summary>What is special about files: the form that a client wants, and the sources of titles, which the transcoder reads with a key of its own.</summary>
internal sealed class FileRoute(FormatChoice formats, SourceSender sources, SourceToken keys, Authenticator authenticator)
{
    /// <summary>The route of files, as it is named to metrics and traces.</summary>
    public const string Template = "/api/v1/files/{ticket}/{**file}";

    private const string SourceTemplate = "/internal/stream/{mediaId}";
    private const string Bearer = "Bearer ";

    private static readonly ProblemNotes BadFormat = new() { Detail = "format is native, lossless, wav or opus." };

    /// <summary>The address of the form that a client wants; null when the request was answered.</summary>
    /// <param name="context">The request.</param>
    /// <param name="isOpen">What the ticket opens.</param>
    /// <param name="named">The file that the path names.</param>
    public async ValueTask<MediaAddress?> ChooseAsync(HttpContext context, Predicate<MediaAddress> isOpen, MediaAddress named)
    {
        if (!FileQuery.TryTakeFormat(named.Query, out var wanted, out var rest))
        {
            await ProblemDocument.WriteAsync(context, ProblemCode.InvalidRequest, BadFormat);
            return null;
        }

        var (address, format) = await formats.ChooseAsync(named with { Query = rest }, wanted, isOpen, context.RequestAborted);
        if (wanted != FileFormat.Native) context.Response.Headers[FormatChoice.Header] = FormatChoice.Label(format);
        return address;
    }

    /// <summary><c>/internal/stream/{mediaId}</c>: behind the key that the gateway gave to the transcoder for this title. No credential of a client opens it.</summary>
    public Task SourceAsync(HttpContext context)
    {
        RouteName.Tell(context, SourceTemplate);
        if (!MediaMethods.IsRead(context.Request.Method)) return MediaMethods.AnswerAsync(context, MediaMethods.Read);
        var mediaId = context.Request.Path.Value!["/internal/stream".Length..].TrimStart('/');
        var shown = context.Request.Headers.Authorization is [{ } header] && header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? header.AsSpan(Bearer.Length).Trim() : default;
        if (keys.Check(shown, mediaId) is var denial and not AccessDenial.None) return authenticator.RefuseAsync(context, denial);
        // What the transcoder keeps of it is the transcoder's affair; nobody between may store it.
        context.Response.OnStarting(static state =>
        {
            ((HttpResponse)state).Headers.CacheControl = "private, no-store";
            return Task.CompletedTask;
        }, context.Response);
        return sources.SendAsync(context, mediaId);
    }
}

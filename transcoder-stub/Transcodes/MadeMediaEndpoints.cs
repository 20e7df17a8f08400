using System.Globalization;
using TranscoderStub.Access;
using TranscoderStub.JustInTime;
using TranscoderStub.Sources;
using TranscoderStub.Titles;

namespace TranscoderStub.Transcodes;

/// <summary>
/// Files of just-in-time titles: of started ones below <c>/transcode/{id}/</c>, and of library files without a start below
/// <c>/jit/{mediaId}/{format}[-{preset}-{intensity}]/</c>, which is the same below <c>/jit/~{capability}/</c> for who has no key.
/// </summary>
internal static class MadeMediaEndpoints
{
    private static readonly string[] s_reading = [HttpMethods.Get, HttpMethods.Head];

    public static void MapMadeMedia(this WebApplication app)
    {
        var media = app.MapGroup("").AddEndpointFilter<ProblemFilter>();
        media.MapMethods("/transcode/{id}/{**path}", s_reading, (HttpContext context, TitleTable titles, string id, string path) => titles.Find(id) is { } title
            ? AnswerAsync(context, title, path)
            : throw new TranscodeException(404, "TRANSCODER_TRANSCODE_UNKNOWN", "There is no transcode of this id; it has ended or was never started.")).Under(AccessRule.SecretAddress);
        media.MapMethods("/jit/{mediaId}/{settings}/{**path}", s_reading, OfLibraryAsync).Under(AccessRule.Key);
        media.MapMethods("/jit/~{capability}/{mediaId}/{settings}/{**path}", s_reading, OfLibraryAsync).Under(AccessRule.SecretAddress);
        media.MapGet("/_stub/library", (MediaLibrary library) => library.MediaIds.Order(StringComparer.Ordinal)).Under(AccessRule.Key);
    }

    private static async Task<IResult> OfLibraryAsync(
        HttpContext context, TitleTable titles, MediaLibrary library, JustInTimeOptions cutting, string mediaId, string settings, string? path)
    {
        var title = await titles.OpenAsync(library.Find(mediaId), Read(settings, cutting), isStarted: false, context.RequestAborted);
        return await AnswerAsync(context, title, path ?? "");
    }

    private static async Task<IResult> AnswerAsync(HttpContext context, JustInTimeTitle title, string path)
    {
        var file = await title.FileAsync(path, context.RequestAborted);

        // What a client that feeds samples needs to know about a piece of sound. Pieces do not overlap, and nothing in them is to be skipped.
        if (title.TryLocate(path, out var rendition, out var segment) && !rendition.IsVideo)
        {
            var headers = context.Response.Headers;
            var samples = rendition.Timeline.DurationOf(segment).ToString(CultureInfo.InvariantCulture);
            headers["X-Sample-Rate"] = rendition.SampleRate.ToString(CultureInfo.InvariantCulture);
            headers["X-Total-Samples"] = samples;
            headers["X-Playable-Samples"] = samples;
            headers["X-Overlap-Samples"] = "0";
            headers["X-Start-Sample-Offset"] = rendition.Timeline.StartOf(segment).ToString(CultureInfo.InvariantCulture);
        }

        return MediaAnswer.Of(context, file);
    }

    /// <exception cref="TranscodeException">400: the settings are no settings.</exception>
    private static TitleSettings Read(string text, JustInTimeOptions cutting)
    {
        var wanted = text.Split('-') switch
        {
            [var format] => new StartRequestSettings(format, null, null, null, null),
            [var format, var preset, var share] when double.TryParse(share, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var intensity) =>
                new StartRequestSettings(format, null, true, preset, intensity),
            _ => throw TranscodeException.Wrong("Settings are {format} or {format}-{preset}-{intensity}."),
        };
        return TitleSettings.Of(wanted, cutting);
    }
}

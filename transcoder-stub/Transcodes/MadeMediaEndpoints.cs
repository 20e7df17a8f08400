using System.Globalization;
using TranscoderStub.Access;
using TranscoderStub.JustInTime;
using TranscoderStub.Sources;
using TranscoderStub.Titles;

namespace TranscoderStub.Transcodes;

/// <summary>
/// Files of just-in-time titles: of started ones below <c>/transcode/{id}/</c>, and of library files without a start below
/// <c>/jit/{mediaId}/{format}[_{segmentSec}_{overlapSec}][-{preset}-{intensity}]/</c>, which is the same below <c>/jit/~{capability}/</c> for who has no key.
/// </summary>
internal static class MadeMediaEndpoints
{
    private const int MostAttempts = 3;

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
        for (var attempt = 1; ; attempt++)
        {
            var title = await titles.OpenAsync(library.Find(mediaId), Read(settings, cutting), isStarted: false, context.RequestAborted);
            try
            {
                return await AnswerAsync(context, title, path ?? "");
            }
            catch (TranscodeException e) when (e.Status == StatusCodes.Status410Gone && attempt < MostAttempts)
            {
                // It has made room for others since it was opened.
            }
        }
    }

    private static async Task<IResult> AnswerAsync(HttpContext context, JustInTimeTitle title, string path)
    {
        var file = await title.FileAsync(path, context.RequestAborted);
        var body = file.Body.TryOpen();

        // Between the look into the store and now it may have been cleaned up: then it is made again.
        for (var attempt = 0; body is null && attempt < MostAttempts; attempt++)
        {
            file = await title.FileAsync(path, context.RequestAborted);
            body = file.Body.TryOpen();
        }

        // What a client that feeds samples needs to know about a piece of sound: what lies behind the playable ones is repeated by the next piece.
        if (title.TryLocate(path, out var rendition, out var segment) && !rendition.IsVideo)
        {
            var headers = context.Response.Headers;
            var (playable, overlap) = (rendition.Timeline.DurationOf(segment), rendition.OverlapOf(segment));
            headers["X-Sample-Rate"] = rendition.SampleRate.ToString(CultureInfo.InvariantCulture);
            headers["X-Total-Samples"] = (playable + overlap).ToString(CultureInfo.InvariantCulture);
            headers["X-Playable-Samples"] = playable.ToString(CultureInfo.InvariantCulture);
            headers["X-Overlap-Samples"] = overlap.ToString(CultureInfo.InvariantCulture);
            headers["X-Start-Sample-Offset"] = rendition.Timeline.StartOf(segment).ToString(CultureInfo.InvariantCulture);
        }

        return MediaAnswer.Of(context, file, body);
    }

    /// <exception cref="TranscodeException">400: the settings are no settings.</exception>
    private static TitleSettings Read(string text, JustInTimeOptions cutting)
    {
        var (form, enhanced, preset, intensity) = text.Split('-') switch
        {
            [var alone] => (alone, (bool?)null, (string?)null, (double?)null),
            [var with, var name, var share] when Number(share) is { } part => (with, true, name, part),
            _ => throw Unreadable(),
        };
        var wanted = form.Split('_') switch
        {
            [var format] => new StartRequestSettings(format, null, enhanced, preset, intensity),
            [var format, var every, var overlap] when Number(every) is { } length && Number(overlap) is { } more => new StartRequestSettings(format, length, enhanced, preset, intensity, more),
            _ => throw Unreadable(),
        };
        return TitleSettings.Of(wanted, cutting);
    }
    private static double? Number(string text) => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static TranscodeException Unreadable() => TranscodeException.Wrong("Settings are {format}[_{segmentSec}_{overlapSec}][-{preset}-{intensity}].");
}

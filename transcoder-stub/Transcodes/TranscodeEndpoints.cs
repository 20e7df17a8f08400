using Microsoft.AspNetCore.Http.HttpResults;
using TranscoderStub.Access;
using TranscoderStub.JustInTime;
using TranscoderStub.Sources;

namespace TranscoderStub.Transcodes;

/// <summary>The API of just-in-time transcoding. What it answers is in docs/transcoder.md.</summary>
internal static class TranscodeEndpoints
{
    private const int MaxIdLength = 256, MaxTokenLength = 8192, MaxBody = 64 << 10;

    public static void MapTranscodes(this WebApplication app)
    {
        var api = app.MapGroup("").AddEndpointFilter<ProblemFilter>().Under(AccessRule.Key).WithMetadata(new RequestSizeLimit(MaxBody));
        api.MapGet("/profiles", Profiles);
        api.MapPost("/transcode/start", StartAsync);
        api.MapPatch("/transcode/{id}", Change);
        api.MapDelete("/transcode/{id}", EndAsync);
        api.MapGet("/transcode/{id}", (string id, TitleTable titles, Holders holders) =>
        {
            var title = titles.Find(id) ?? throw Unknown();
            return TypedResults.Ok(new { transcodeId = id, durationSec = title.Plan.Seconds, sessions = holders.CountOf(id), renditions = title.Plan.Renditions.Select(r => r.Name) });
        });
        api.MapGet("/_stub/work", (WorkCounters work, Encoders.EncoderSlots slots, SegmentStore store) => work.Snapshot(slots.Running, slots.Queued, store.Bytes));

        // ffmpeg's own way to a source: on loopback, under an address that is a secret. It carries no key.
        app.MapGet(SourceRelay.Route, (HttpContext context, SourceRelay relay, string token) => relay.RelayAsync(context, token));
    }

    private static object Profiles(ApiAccess access) => new
    {
        profiles = TitlePlanner.Profiles,
        formats = (string[])["cmaf", "ts", "opus", "webm"],
        presets = Enhancements.Names,
        mediaFolder = access.Capability.Length > 0 ? $"/jit/~{access.Capability}/" : "/jit/",
    };

    private static async Task<IResult> StartAsync(StartRequest request, TitleTable titles, MediaLibrary library, SourceRelay relay, JustInTimeOptions options, Holders holders, HttpContext context)
    {
        var mediaId = Checked(request.MediaId, "mediaId") ?? throw TranscodeException.Wrong("'mediaId' is missing.");
        var session = Checked(request.SessionId, "sessionId") ?? "";
        if (request.StartPositionSec is { } at && !(at is >= 0 and < 1e9)) throw TranscodeException.Wrong("'startPositionSec' is a number of seconds from 0.");
        if (request.SourceToken is { } token && (token.Length > MaxTokenLength || token.Any(c => c is <= ' ' or > '~')))
            throw TranscodeException.Wrong($"'sourceToken' has at most {MaxTokenLength} visible ASCII characters.");
        var settings = TitleSettings.Of(new StartRequestSettings(request.Format, request.SegmentSec, request.Enhanced, request.Preset, request.Intensity, request.OverlapSec), options);
        var source = request.SourceUrl is { } url ? await relay.OpenAsync(mediaId, url, request.SourceToken, context.RequestAborted) : library.Find(mediaId);
        holders.Keep(titles.Contains);
        while (true)
        {
            var title = await titles.OpenAsync(source, settings, isStarted: true, context.RequestAborted);
            var rung = RungChoice.Of(title.Plan, request.Profile, request.BandwidthKbps, request.JitterKbps);

            // Its last holder may have let go of it since it was opened: then it is opened anew.
            if (!holders.TryHold(title.Id, session, id => titles.Contains(id, title))) continue;
            title.Prepare(rung, request.StartPositionSec ?? 0);
            return TypedResults.Created((string?)null, TranscodeReply.Of(title, rung));
        }
    }

    private static Ok<TranscodeReply> Change(string id, ChangeRequest request, TitleTable titles, Holders holders)
    {
        var title = titles.Find(id) ?? throw Unknown();
        if (request.PositionSec is { } at && !(at is >= 0 and < 1e9)) throw TranscodeException.Wrong("'positionSec' is a number of seconds from 0.");
        var rung = RungChoice.Of(title.Plan, request.Profile, request.BandwidthKbps, request.JitterKbps);
        if (!holders.TryHold(id, Checked(request.SessionId, "sessionId") ?? "", titles.Contains)) throw Unknown();
        if (request.PositionSec is { } position) title.Prepare(rung, position);
        return TypedResults.Ok(TranscodeReply.Of(title, rung));
    }

    private static async Task<IResult> EndAsync(string id, string? sessionId, TitleTable titles, Holders holders)
    {
        if (!titles.Contains(id)) throw Unknown();
        if (holders.LetGo(id, sessionId, titles.Take) is { } left) await left.DisposeAsync();
        return TypedResults.NoContent();
    }

    private static TranscodeException Unknown() => new(404, "TRANSCODER_TRANSCODE_UNKNOWN", "There is no transcode of this id; it has ended or was never started.");

    private static string? Checked(string? text, string field) =>
        text is null || (text.Length is > 0 and <= MaxIdLength && !text.Any(char.IsControl)) ? text : throw TranscodeException.Wrong($"'{field}' has 1 to {MaxIdLength} printable characters.");
}

using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using TranscoderStub.Live;
using TranscoderStub.Titles;

namespace TranscoderStub.LowLatency;

/// <summary>
/// Low-latency titles: <c>/demo-ll/master.m3u8</c> and what it names. Waiting costs a timer and nothing else, since the moment at which a part will be
/// complete is known; it ends by itself within two segments, so the draft's 503 for requests that block too long has no case here.
/// </summary>
internal static class LowLatencyEndpoints
{
    private static readonly string[] s_reading = [HttpMethods.Get, HttpMethods.Head];

    public static void MapLowLatency(this WebApplication app, IReadOnlyList<LowLatencyTitle> titles)
    {
        foreach (var title in titles)
        {
            var group = app.MapGroup(title.Title.MediaId);
            group.MapMethods("master.m3u8", s_reading, (HttpContext context) => MediaAnswer.Of(context, title.Master));
            group.MapMethods("{rendition}/{name}", s_reading, async Task<IResult> (HttpContext context, TimeProvider time, string rendition, string name) =>
            {
                if (!title.Tracks.TryGetValue(rendition, out var track)) return Unknown(context);
                if (time.GetUtcNow() < title.Clock.StartOf(1)) return MediaAnswer.Missing(context, "TRANSCODER_NOT_BEGUN", "This broadcast begins later.");
                if (name == "index.m3u8") return await PlaylistAsync(context, title, rendition, time);
                if (name == track.Track.Map) return MediaAnswer.Of(context, track.Track.Init!);
                if (track.TryPosition(name, out var position)) return await PartAsync(context, title, track, position, time);
                return track.Track.TryNumber(name, out var segment) ? Segment(context, title, track, segment, time.GetUtcNow()) : Unknown(context);
            });
        }
    }

    private static async Task<IResult> PlaylistAsync(HttpContext context, LowLatencyTitle title, string rendition, TimeProvider time)
    {
        if (!DeliveryDirectives.TryRead(context.Request.Query, out var directives)) return Refused(context, "The delivery directives are malformed.");
        var track = title.Tracks[rendition];
        if (directives.Segment is { } segment)
        {
            var last = track.Last(time.GetUtcNow());
            var whole = new PartPosition(segment, track.PartsOf(segment) - 1);
            var wanted = directives.Part is { } part ? track.Normalise(whole with { Part = part }) : whole;

            // The last segment of the playlist is the one before the segment in the making.
            if (segment > track.Next(time.GetUtcNow()).Segment - 1 + 2) return Refused(context, "The segment lies more than two ahead of the playlist.");
            if (directives.Part is not null && Ahead(track, last, wanted) > title.AdvancePartLimit)
                return Refused(context, "The part lies too far ahead of the playlist.");
            await UntilAsync(track.CompleteAt(wanted), time, context.RequestAborted);
        }

        // Lifetimes of RFC 8216bis appendix B.1: an answer to a blocking request is the same for everybody who asks that way.
        var now = time.GetUtcNow();
        var seconds = directives.Blocks ? title.TargetDuration * 6 : Math.Max(1, title.TargetDuration / 2);
        var newest = track.Last(now);
        var tag = string.Create(CultureInfo.InvariantCulture, $"\"ll-{newest.Segment}.{newest.Part}{(directives.Skip ? "-delta" : "")}\"");
        var text = Encoding.UTF8.GetBytes(title.Playlist(rendition, now, directives.Skip));
        return MediaAnswer.Of(context, new MediaFile(new MemoryBody(text), MediaTypes.HlsPlaylist, new EntityTagHeaderValue(tag), track.CompleteAt(newest), Lifetime(seconds)));
    }

    private static async Task<IResult> PartAsync(HttpContext context, LowLatencyTitle title, PartedTrack track, PartPosition position, TimeProvider time)
    {
        var next = track.Next(time.GetUtcNow());

        // Only what has been hinted at is waited for; the whole part goes out at once, so that a player measures the line and not the encoder (§6.2.6).
        if (position > next) return MediaAnswer.Missing(context, "TRANSCODER_PART_NOT_YET", "This part lies in the future.");
        if (title.Clock.PresenceOf(position.Segment, time.GetUtcNow()) == SegmentPresence.Gone) return Gone(context);
        if (position == next) await UntilAsync(track.CompleteAt(position), time, context.RequestAborted);
        return MediaAnswer.Of(context, track.Part(position, Lifetime(title.TargetDuration * 6)));
    }

    private static IResult Segment(HttpContext context, LowLatencyTitle title, PartedTrack track, long segment, DateTimeOffset now)
    {
        if (segment >= track.Next(now).Segment) return MediaAnswer.Missing(context, "TRANSCODER_SEGMENT_NOT_YET", "This segment lies in the future.");
        return title.Clock.PresenceOf(segment, now) == SegmentPresence.Gone ? Gone(context) : MediaAnswer.Of(context, track.Track.Segment(segment));
    }

    private static int Ahead(PartedTrack track, PartPosition last, PartPosition wanted)
    {
        var parts = wanted.Part - last.Part;
        for (var n = last.Segment; n < wanted.Segment; n++) parts += track.PartsOf(n);
        return parts;
    }

    private static async Task UntilAsync(DateTimeOffset moment, TimeProvider time, CancellationToken gone)
    {
        // A timer counts whole milliseconds and may fire within the last one before its moment.
        for (TimeSpan left; (left = moment - time.GetUtcNow()) > TimeSpan.Zero;)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), time, gone);
        }
    }

    private static string Lifetime(int seconds) => string.Create(CultureInfo.InvariantCulture, $"public, max-age={seconds}");

    private static ProblemHttpResult Refused(HttpContext context, string why) =>
        MediaAnswer.Missing(context, "TRANSCODER_DIRECTIVES", why, StatusCodes.Status400BadRequest);

    private static ProblemHttpResult Unknown(HttpContext context) =>
        MediaAnswer.Missing(context, "TRANSCODER_FILE_UNKNOWN", "The title has no such file.");

    private static ProblemHttpResult Gone(HttpContext context) =>
        MediaAnswer.Missing(context, "TRANSCODER_SEGMENT_GONE", "This has left the window.", StatusCodes.Status410Gone);
}

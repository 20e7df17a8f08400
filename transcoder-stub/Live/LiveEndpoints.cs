using System.Globalization;
using System.Text;
using Microsoft.Net.Http.Headers;
using TranscoderStub.Titles;

namespace TranscoderStub.Live;

/// <summary>Live titles: <c>/demo-live/master.m3u8</c>, <c>/demo-live/manifest.mpd</c> and what these name.</summary>
internal static class LiveEndpoints
{
    private static readonly string[] s_reading = [HttpMethods.Get, HttpMethods.Head];

    public static void MapLive(this WebApplication app, IReadOnlyList<LiveTitle> titles)
    {
        foreach (var live in titles)
        {
            var group = app.MapGroup(live.Title.MediaId);
            group.MapMethods("master.m3u8", s_reading, (HttpContext context) => MediaAnswer.Of(context, live.Master));
            group.MapMethods("time", s_reading, (HttpContext context, TimeProvider time) =>
            {
                context.Response.Headers.CacheControl = "no-store";
                return TypedResults.Text(time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            });
            if (live.Manifest is { } manifest)
            {
                group.MapMethods("manifest.mpd", s_reading, (HttpContext context, TimeProvider time) =>
                {
                    var now = time.GetUtcNow();
                    return MediaAnswer.Of(context, Sliding(live.Clock, manifest.Write(now), MediaTypes.DashManifest, now));
                });
            }

            group.MapMethods("{rendition}/{name}", s_reading, IResult (HttpContext context, TimeProvider time, string rendition, string name) =>
                live.Tracks.TryGetValue(rendition, out var track)
                    ? Answer(context, live, track, name, time.GetUtcNow())
                    : MediaAnswer.Missing(context, "TRANSCODER_FILE_UNKNOWN", $"Title '{live.Title.MediaId}' has no such rendition."));
        }
    }

    private static IResult Answer(HttpContext context, LiveTitle live, LoopedTrack track, string name, DateTimeOffset now)
    {
        if (name == "index.m3u8") return MediaAnswer.Of(context, Sliding(live.Clock, track.Playlist(now), MediaTypes.HlsPlaylist, now));
        if (name == "init.mp4" && track.Init is { } init) return MediaAnswer.Of(context, init);
        if (!track.TryNumber(name, out var segment))
            return MediaAnswer.Missing(context, "TRANSCODER_FILE_UNKNOWN", $"Title '{live.Title.MediaId}' has no such file.");
        return live.Clock.PresenceOf(segment, now) switch
        {
            SegmentPresence.Present => MediaAnswer.Of(context, track.Segment(segment)),
            SegmentPresence.NotYet => MediaAnswer.Missing(context, "TRANSCODER_SEGMENT_NOT_YET", "This segment lies in the future."),
            _ => MediaAnswer.Missing(context, "TRANSCODER_SEGMENT_GONE", "This segment has left the window.", StatusCodes.Status410Gone),
        };
    }

    /// <summary>A manifest that is the same until the next segment is complete, so that segment's number is its validator.</summary>
    private static MediaFile Sliding(LoopClock clock, string text, string mediaType, DateTimeOffset now)
    {
        var newest = clock.Newest(now);
        var halfTarget = Math.Max(1, (int)(clock.SegmentDuration.TotalSeconds / 2));
        return new MediaFile(
            new MemoryBody(Encoding.UTF8.GetBytes(text)),
            mediaType,
            new EntityTagHeaderValue(string.Create(CultureInfo.InvariantCulture, $"\"live-{newest}\"")),
            clock.StartOf(newest + 1),
            string.Create(CultureInfo.InvariantCulture, $"public, max-age={halfTarget}"));
    }
}

using System.Globalization;
using System.Text;

namespace Gateway.Load.Agreement;

/// <summary>
/// The title that real and virtual players are compared on: four minutes, six rungs, sound apart, sizes that vary like those of a film. It is defined by arithmetic, so the
/// server of the recording and the virtual one have the same bytes to bring without sharing a file.
/// </summary>
internal static class AgreementTitle
{
    public const int Segments = 60;
    public const int SegmentSeconds = 4;
    public const int AudioKbps = 64;
    public const int InitBytes = 1024;

    /// <summary>Largest segment as a multiple of the mean.</summary>
    private const double Peak = 1.3;

    private static readonly (int Width, int Height)[] s_sizes = [(320, 180), (480, 270), (640, 360), (960, 540), (1280, 720), (1920, 1080)];

    /// <summary>Mean rates of the video rungs, lowest first: a ladder of the usual steps of 1.7 to 2.</summary>
    public static IReadOnlyList<int> Kbps { get; } = [230, 450, 850, 1600, 3000, 5500];

    /// <summary>Bytes of a video segment: around the mean by a fixed sequence, the same scenes being large in all rungs.</summary>
    public static int VideoBytes(int rung, int segment)
    {
        // The fractional parts of multiples of the golden ratio are spread evenly over 0 to 1, so the factor's mean is 1.
        var spread = (segment + 1) * 0.6180339887498949 % 1;
        return (int)(Kbps[rung] * 125.0 * SegmentSeconds * (2 - Peak + (2 * (Peak - 1) * spread)));
    }

    public static int AudioBytes => AudioKbps * 125 * SegmentSeconds;

    /// <summary>Bytes of an object by its path below the title, null for a manifest or what there is not.</summary>
    public static int? BytesOf(string path)
    {
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0) return null;
        var folder = path.AsSpan(0, slash);
        var file = path.AsSpan(slash + 1);
        var audio = folder is "a";
        var rung = 0;
        if (!audio && (folder.Length != 2 || folder[0] != 'v' || !int.TryParse(folder[1..], NumberStyles.None, CultureInfo.InvariantCulture, out rung) || rung >= Kbps.Count)) return null;
        if (file is "init.mp4") return InitBytes;
        if (!file.StartsWith("seg_") || !file.EndsWith(".m4s") || !int.TryParse(file[4..^4], NumberStyles.None, CultureInfo.InvariantCulture, out var segment) || segment >= Segments) return null;
        return audio ? AudioBytes : VideoBytes(rung, segment);
    }

    /// <summary>The text of a manifest by its path below the title, null for what is none.</summary>
    public static string? ManifestOf(string path) => path switch
    {
        "master.m3u8" => Multivariant(),
        "manifest.mpd" => Mpd(),
        "a/index.m3u8" => MediaPlaylist(),
        _ when path.Length == 13 && path[0] == 'v' && path.EndsWith("/index.m3u8", StringComparison.Ordinal) && path[1] - '0' is >= 0 and var rung && rung < Kbps.Count => MediaPlaylist(),
        _ => null,
    };

    private static string Multivariant()
    {
        var text = new StringBuilder("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n");
        text.Append("#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"sound\",NAME=\"English\",LANGUAGE=\"en\",DEFAULT=YES,AUTOSELECT=YES,CHANNELS=\"1\",URI=\"a/index.m3u8\"\n");
        for (var rung = 0; rung < Kbps.Count; rung++)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"#EXT-X-STREAM-INF:BANDWIDTH={PeakBitsPerSecond(rung)},AVERAGE-BANDWIDTH={(Kbps[rung] + AudioKbps) * 1000},CODECS=\"avc1.4d400b,mp4a.40.2\",RESOLUTION={s_sizes[rung].Width}x{s_sizes[rung].Height},FRAME-RATE=10.000,AUDIO=\"sound\",CLOSED-CAPTIONS=NONE\nv{rung}/index.m3u8\n");
        }

        return text.ToString();
    }

    private static int PeakBitsPerSecond(int rung) => (int)((Kbps[rung] * Peak) + AudioKbps) * 1000;

    private static string MediaPlaylist()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:{SegmentSeconds}\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-MAP:URI=\"init.mp4\"\n");
        for (var segment = 0; segment < Segments; segment++) text.Append(CultureInfo.InvariantCulture, $"#EXTINF:{SegmentSeconds}.000,\nseg_{segment:00000}.m4s\n");
        return text.Append("#EXT-X-ENDLIST\n").ToString();
    }

    private static string Mpd()
    {
        var text = new StringBuilder("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
        text.Append(
            CultureInfo.InvariantCulture,
            $"""
            <MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-live:2011" type="static" mediaPresentationDuration="PT{Segments * SegmentSeconds}S" minBufferTime="PT{SegmentSeconds}S">
              <Period id="0" start="PT0S">
                <AdaptationSet id="0" contentType="video" mimeType="video/mp4" segmentAlignment="true" startWithSAP="1" frameRate="10">
                  <SegmentTemplate timescale="1000" duration="{SegmentSeconds * 1000}" startNumber="0" initialization="$RepresentationID$/init.mp4" media="$RepresentationID$/seg_$Number%05d$.m4s" />

            """);
        for (var rung = 0; rung < Kbps.Count; rung++)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"      <Representation id=\"v{rung}\" bandwidth=\"{Kbps[rung] * 1000}\" codecs=\"avc1.4d400b\" width=\"{s_sizes[rung].Width}\" height=\"{s_sizes[rung].Height}\" />\n");
        }

        return text.Append(
            CultureInfo.InvariantCulture,
            $"""
                </AdaptationSet>
                <AdaptationSet id="1" contentType="audio" mimeType="audio/mp4" lang="en" segmentAlignment="true" startWithSAP="1">
                  <SegmentTemplate timescale="1000" duration="{SegmentSeconds * 1000}" startNumber="0" initialization="$RepresentationID$/init.mp4" media="$RepresentationID$/seg_$Number%05d$.m4s" />
                  <Representation id="a" bandwidth="{AudioKbps * 1000}" codecs="mp4a.40.2" audioSamplingRate="32000" />
                </AdaptationSet>
              </Period>
            </MPD>

            """).ToString();
    }
}

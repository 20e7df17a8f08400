using System.Globalization;
using System.Text;

namespace Gateway.Load.Links.Virtual;

/// <summary>Texts of a made-up title's multivariant playlist and MPD.</summary>
internal static class SyntheticManifests
{
    public static string Multivariant(TitleShape shape)
    {
        var text = new StringBuilder("#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-INDEPENDENT-SEGMENTS\n");
        var audio = "";
        if (shape.AudioKbps > 0)
        {
            text.Append("#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"aac\",NAME=\"main\",DEFAULT=YES,AUTOSELECT=YES,URI=\"a/media.m3u8\"\n");
            audio = ",AUDIO=\"aac\"";
        }

        for (var i = 0; i < shape.Rungs.Length; i++)
        {
            var rung = shape.Rungs[i];
            text.Append(
                CultureInfo.InvariantCulture,
                $"#EXT-X-STREAM-INF:BANDWIDTH={Peak(shape, rung) + (shape.AudioKbps * 1000)},AVERAGE-BANDWIDTH={(rung.Kbps + shape.AudioKbps) * 1000},CODECS=\"avc1.64001f,mp4a.40.2\",RESOLUTION={rung.Height * 16 / 9}x{rung.Height},FRAME-RATE=25{audio}\nv{i}/media.m3u8\n");
        }

        return text.ToString();
    }

    public static string Mpd(TitleShape shape)
    {
        var length = shape.SegmentSeconds;
        var text = new StringBuilder("<?xml version=\"1.0\"?>\n<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" profiles=\"urn:mpeg:dash:profile:isoff-live:2011\" minBufferTime=\"PT2S\"");
        if (shape.IsLive)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $" type=\"dynamic\" availabilityStartTime=\"{shape.LiveSince.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}\" minimumUpdatePeriod=\"PT1H\" timeShiftBufferDepth=\"PT{shape.Window * length:0.###}S\"");
        }
        else
        {
            text.Append(CultureInfo.InvariantCulture, $" type=\"static\" mediaPresentationDuration=\"PT{shape.Segments * length:0.###}S\"");
        }

        text.Append(">\n<Period id=\"1\" start=\"PT0S\">\n");
        var template = string.Create(
            CultureInfo.InvariantCulture,
            $"<SegmentTemplate timescale=\"1000\" duration=\"{length * 1000:0}\" startNumber=\"0\" initialization=\"$RepresentationID$/init.mp4\" media=\"$RepresentationID$/$Number$.m4s\"/>\n");
        text.Append("<AdaptationSet contentType=\"video\" mimeType=\"video/mp4\" segmentAlignment=\"true\" startWithSAP=\"1\">\n").Append(template);
        for (var i = 0; i < shape.Rungs.Length; i++)
        {
            var rung = shape.Rungs[i];
            text.Append(CultureInfo.InvariantCulture, $"<Representation id=\"v{i}\" bandwidth=\"{Peak(shape, rung)}\" codecs=\"avc1.64001f\" width=\"{rung.Height * 16 / 9}\" height=\"{rung.Height}\" frameRate=\"25\"/>\n");
        }

        text.Append("</AdaptationSet>\n");
        if (shape.AudioKbps > 0)
        {
            text.Append("<AdaptationSet contentType=\"audio\" mimeType=\"audio/mp4\" segmentAlignment=\"true\">\n").Append(template);
            text.Append(CultureInfo.InvariantCulture, $"<Representation id=\"a\" bandwidth=\"{shape.AudioKbps * 1000}\" codecs=\"mp4a.40.2\" audioSamplingRate=\"48000\"/>\n</AdaptationSet>\n");
        }

        return text.Append("</Period>\n</MPD>\n").ToString();
    }

    private static long Peak(TitleShape shape, RungShape rung) => (long)(rung.Kbps * 1000 * shape.PeakFactor);
}

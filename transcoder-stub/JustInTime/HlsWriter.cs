using System.Globalization;
using System.Text;
using TranscoderStub.Packaging;

namespace TranscoderStub.JustInTime;

/// <summary>Playlists of a just-in-time title: complete from the first moment on, since every segment's place is known. Addresses are relative.</summary>
internal static class HlsWriter
{
    /// <summary>HLS knows no WebM.</summary>
    public static bool CanWrite(TitlePlan plan) => plan.Renditions[0].Container != SegmentContainer.WebM;

    public static string Master(TitlePlan plan)
    {
        var text = new StringBuilder("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n");
        var write = CultureInfo.InvariantCulture;
        var sound = plan.Sounds.FirstOrDefault();
        if (!plan.Pictures.Any())
        {
            foreach (var only in plan.Sounds) text.Append(write, $"#EXT-X-STREAM-INF:BANDWIDTH={only.Kbps * 1000},CODECS=\"{only.CodecName}\"\n{only.Name}/index.m3u8\n");
            return text.ToString();
        }

        if (sound is not null)
            text.Append(write, $"#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"sound\",NAME=\"Sound\",DEFAULT=YES,AUTOSELECT=YES,CHANNELS=\"{sound.Channels}\",URI=\"{sound.Name}/index.m3u8\"\n");
        var first = TitlePlan.FirstOf([.. plan.Pictures]);
        foreach (var picture in plan.Pictures.OrderBy(p => p != first))
        {
            text.Append(write, $"#EXT-X-STREAM-INF:BANDWIDTH={(picture.Kbps + (sound?.Kbps ?? 0)) * 1000},CODECS=\"{picture.CodecName}{(sound is null ? "" : $",{sound.CodecName}")}\"");
            text.Append(write, $",RESOLUTION={picture.Width}x{picture.Height},FRAME-RATE={plan.FrameRate!.Value.PerSecond:0.000}{(sound is null ? "" : ",AUDIO=\"sound\"")}\n");
            text.Append(write, $"{picture.Name}/index.m3u8\n");
        }

        return text.ToString();
    }

    public static string Media(Rendition rendition)
    {
        var timeline = rendition.Timeline;
        var write = CultureInfo.InvariantCulture;
        var count = timeline.Segments;

        // RFC 8216 section 4.3.3.1: no segment's duration, rounded to the nearest second, exceeds it.
        var longest = Enumerable.Range(0, Math.Min(count, 1000)).Max(timeline.SecondsOf);
        var text = new StringBuilder(count * 40);
        text.Append(write, $"#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:{Math.Max(1, (int)Math.Round(longest, MidpointRounding.AwayFromZero))}\n#EXT-X-MEDIA-SEQUENCE:1\n");
        text.Append(write, $"#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-INDEPENDENT-SEGMENTS\n");
        if (rendition.InitName.Length > 0) text.Append(write, $"#EXT-X-MAP:URI=\"{(rendition.InitFolder == rendition.Name ? "" : $"../{rendition.InitFolder}/")}{rendition.InitName}\"\n");
        for (var segment = 0; segment < count; segment++) text.Append(write, $"#EXTINF:{timeline.SecondsOf(segment):0.000000},\nseg_{segment + 1:D5}{rendition.Extension}\n");
        return text.Append("#EXT-X-ENDLIST\n").ToString();
    }
}

using System.Globalization;
using System.Runtime.InteropServices;
using Gateway.Timelines;

namespace Gateway.Playback.Requests;

/// <summary>The rendition that a request is for, as its manifest has it.</summary>
/// <param name="Kind">What it is; null where no manifest tells.</param>
/// <param name="Kbps">Declared bitrate, kbit/s; 0 = not told, as of audio in HLS.</param>
/// <param name="Height">Lines of the picture; 0 = not told.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RequestedRendition(RenditionKind? Kind, int Kbps, int Height)
{
    /// <summary>A short name: <c>720p</c>, <c>audio</c>, <c>subtitles</c>; a picture of unknown size goes by its bitrate. Null where no manifest tells.</summary>
    public string? Name => Kind switch
    {
        null => null,
        RenditionKind.Audio => "audio",
        RenditionKind.Subtitles => "subtitles",
        RenditionKind.ClosedCaptions => "captions",
        _ => NameOf(Height, Kbps),
    };

    public static RequestedRendition Of(Variant? rung, RenditionKind? kind) => rung is null
        ? new RequestedRendition(kind, 0, 0)
        : new RequestedRendition(rung.AudioOnly ? RenditionKind.Audio : kind ?? RenditionKind.Video, (int)Math.Min(rung.Bandwidth / 1000, int.MaxValue), Math.Clamp(rung.Height, 0, short.MaxValue));

    /// <summary>Usual heights without an allocation.</summary>
    public static string NameOf(int height, int kbps) => height switch
    {
        0 => kbps == 0 ? "video" : string.Create(CultureInfo.InvariantCulture, $"{kbps}k"),
        240 => "240p",
        360 => "360p",
        480 => "480p",
        540 => "540p",
        720 => "720p",
        1080 => "1080p",
        2160 => "2160p",
        _ => string.Create(CultureInfo.InvariantCulture, $"{height}p"),
    };
}

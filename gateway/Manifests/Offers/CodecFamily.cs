using System.Runtime.InteropServices;

namespace Gateway.Manifests.Offers;

/// <summary>
/// The decoders that a rung needs, as far as players differ in them: profiles and levels make none of their own, because they follow from the bitrate.
/// </summary>
/// <param name="Video">Decoder of the video.</param>
/// <param name="Audio">Decoder of the audio.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CodecFamily(CodecFamily.VideoDecoder Video, CodecFamily.AudioDecoder Audio)
{
    /// <summary>Video decoders. A player with any of them has AVC too, and one with Dolby Vision has HEVC.</summary>
    internal enum VideoDecoder
    {
        /// <summary>Also where the manifest names no codec, or none that is known.</summary>
        Avc,
        Hevc,
        DolbyVision,
        Vvc,
        Vp8,
        Vp9,
        Av1,
    }

    /// <summary>Audio decoders. A player with any of them has AAC too.</summary>
    internal enum AudioDecoder
    {
        /// <summary>Also MP3, no audio, and where the manifest names no codec that is known.</summary>
        Aac,
        Dolby,
        Dts,
        Opus,
        Lossless,
    }

    /// <summary>Reads a list of codecs (RFC 6381), as CODECS and <c>@codecs</c> have them; the first of each sort counts.</summary>
    public static CodecFamily Of(ReadOnlySpan<char> codecs)
    {
        VideoDecoder? video = null;
        AudioDecoder? audio = null;
        foreach (var range in codecs.Split(','))
        {
            var codec = codecs[range].Trim();
            video ??= VideoOf(codec);
            audio ??= AudioOf(codec);
        }

        return new CodecFamily(video ?? VideoDecoder.Avc, audio ?? AudioDecoder.Aac);
    }

    /// <summary>Whether a list of codecs names a video codec.</summary>
    public static bool HasVideo(ReadOnlySpan<char> codecs)
    {
        foreach (var range in codecs.Split(','))
        {
            if (VideoOf(codecs[range].Trim()) is not null) return true;
        }

        return false;
    }

    /// <summary>Whether every player that plays <paramref name="other"/> plays this as well.</summary>
    public bool Covers(CodecFamily other) => Covers(Video, other.Video) && (Audio == other.Audio || Audio == AudioDecoder.Aac);

    private static bool Covers(VideoDecoder one, VideoDecoder other) =>
        one == other || one == VideoDecoder.Avc || (one == VideoDecoder.Hevc && other == VideoDecoder.DolbyVision);

    private static VideoDecoder? VideoOf(ReadOnlySpan<char> codec) =>
        Is(codec, "avc") ? VideoDecoder.Avc
        : Is(codec, "hvc1") || Is(codec, "hev1") ? VideoDecoder.Hevc
        : Is(codec, "dvh") || Is(codec, "dav1") || Is(codec, "dva") ? VideoDecoder.DolbyVision
        : Is(codec, "vvc") || Is(codec, "vvi") ? VideoDecoder.Vvc
        : Is(codec, "vp8") || Is(codec, "vp08") ? VideoDecoder.Vp8
        : Is(codec, "vp9") || Is(codec, "vp09") ? VideoDecoder.Vp9
        : Is(codec, "av01") ? VideoDecoder.Av1
        : null;

    private static AudioDecoder? AudioOf(ReadOnlySpan<char> codec) =>
        Is(codec, "mp4a.a5") || Is(codec, "mp4a.a6") || Is(codec, "ac-3") || Is(codec, "ec-3") || Is(codec, "ac-4") ? AudioDecoder.Dolby
        : Is(codec, "mp4a.a9") || Is(codec, "dts") ? AudioDecoder.Dts
        : Is(codec, "mp4a") || Is(codec, "mp3") ? AudioDecoder.Aac
        : Is(codec, "opus") || Is(codec, "vorbis") ? AudioDecoder.Opus
        : Is(codec, "flac") || Is(codec, "alac") ? AudioDecoder.Lossless
        : null;

    private static bool Is(ReadOnlySpan<char> codec, string start) => codec.StartsWith(start, StringComparison.OrdinalIgnoreCase);
}

using System.Runtime.InteropServices;

namespace Gateway.Manifests.Offers;

/// <summary>
/// The decoders that a rung needs, as far as players differ in them: profiles and levels make none of their own, because they follow from the bitrate.
/// </summary>
/// <param name="Picture">Decoder of the picture.</param>
/// <param name="Sound">Decoder of the sound.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CodecFamily(CodecFamily.PictureDecoder Picture, CodecFamily.SoundDecoder Sound)
{
    /// <summary>Decoders of pictures. Whoever has another one than AVC has AVC too, and Dolby Vision comes on top of HEVC.</summary>
    internal enum PictureDecoder
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

    /// <summary>Decoders of sound. Whoever has another one than AAC has AAC too.</summary>
    internal enum SoundDecoder
    {
        /// <summary>Also MP3, no sound, and where the manifest names no codec that is known.</summary>
        Aac,
        Dolby,
        Dts,
        Opus,
        Lossless,
    }

    /// <summary>Reads a list of codecs (RFC 6381), as CODECS and <c>@codecs</c> have them; the first of each sort counts.</summary>
    public static CodecFamily Of(ReadOnlySpan<char> codecs)
    {
        PictureDecoder? picture = null;
        SoundDecoder? sound = null;
        foreach (var range in codecs.Split(','))
        {
            var codec = codecs[range].Trim();
            picture ??= PictureOf(codec);
            sound ??= SoundOf(codec);
        }

        return new CodecFamily(picture ?? PictureDecoder.Avc, sound ?? SoundDecoder.Aac);
    }

    /// <summary>Whether a list of codecs names one of a picture.</summary>
    public static bool HasPicture(ReadOnlySpan<char> codecs)
    {
        foreach (var range in codecs.Split(','))
        {
            if (PictureOf(codecs[range].Trim()) is not null) return true;
        }

        return false;
    }

    /// <summary>Whether every player that plays <paramref name="other"/> plays this as well.</summary>
    public bool Covers(CodecFamily other) => Covers(Picture, other.Picture) && (Sound == other.Sound || Sound == SoundDecoder.Aac);

    private static bool Covers(PictureDecoder one, PictureDecoder other) =>
        one == other || one == PictureDecoder.Avc || (one == PictureDecoder.Hevc && other == PictureDecoder.DolbyVision);

    private static PictureDecoder? PictureOf(ReadOnlySpan<char> codec) =>
        Is(codec, "avc") ? PictureDecoder.Avc
        : Is(codec, "hvc1") || Is(codec, "hev1") ? PictureDecoder.Hevc
        : Is(codec, "dvh") || Is(codec, "dav1") || Is(codec, "dva") ? PictureDecoder.DolbyVision
        : Is(codec, "vvc") || Is(codec, "vvi") ? PictureDecoder.Vvc
        : Is(codec, "vp8") || Is(codec, "vp08") ? PictureDecoder.Vp8
        : Is(codec, "vp9") || Is(codec, "vp09") ? PictureDecoder.Vp9
        : Is(codec, "av01") ? PictureDecoder.Av1
        : null;

    private static SoundDecoder? SoundOf(ReadOnlySpan<char> codec) =>
        Is(codec, "mp4a.a5") || Is(codec, "mp4a.a6") || Is(codec, "ac-3") || Is(codec, "ec-3") || Is(codec, "ac-4") ? SoundDecoder.Dolby
        : Is(codec, "mp4a.a9") || Is(codec, "dts") ? SoundDecoder.Dts
        : Is(codec, "mp4a") || Is(codec, "mp3") ? SoundDecoder.Aac
        : Is(codec, "opus") || Is(codec, "vorbis") ? SoundDecoder.Opus
        : Is(codec, "flac") || Is(codec, "alac") ? SoundDecoder.Lossless
        : null;

    private static bool Is(ReadOnlySpan<char> codec, string start) => codec.StartsWith(start, StringComparison.OrdinalIgnoreCase);
}

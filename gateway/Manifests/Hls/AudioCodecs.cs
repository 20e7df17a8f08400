namespace Gateway.Manifests.Hls;

/// <summary>RFC 6381 names of audio codecs; a variant with no other is no rung beside video.</summary>
internal static class AudioCodecs
{
    private static readonly string[] Names = ["mp4a", "ac-3", "ec-3", "ac-4", "alac", "flac", "opus", "mp3", "dts", "vorbis"];

    /// <summary>Whether a list names codecs, and only those of audio.</summary>
    public static bool Only(ReadOnlySpan<char> codecs)
    {
        var any = false;
        foreach (var range in codecs.Split(','))
        {
            var codec = codecs[range].Trim();
            if (codec.IsEmpty) continue;
            if (!IsAudio(codec)) return false;
            any = true;
        }

        return any;
    }

    private static bool IsAudio(ReadOnlySpan<char> codec)
    {
        foreach (var name in Names)
        {
            if (codec.StartsWith(name, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }
}

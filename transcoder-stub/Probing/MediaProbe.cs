namespace TranscoderStub.Probing;

/// <summary>What ffprobe says of a source, as far as making segments needs it.</summary>
/// <param name="Format">ffmpeg's name of the container.</param>
/// <param name="Seconds">Of the longest stream that is used.</param>
/// <param name="Video">The first moving picture; null without one. A cover is no moving picture.</param>
/// <param name="Audio">The first sound; null without one.</param>
internal sealed record MediaProbe(string Format, double Seconds, VideoProbe? Video, AudioProbe? Audio)
{
    // Containers with an index of key frames: a seek lands on the one before the wanted time. In all others it lands somewhere near.
    public bool Indexed => Format.Contains("mp4", StringComparison.Ordinal) || Format.Contains("matroska", StringComparison.Ordinal);
}

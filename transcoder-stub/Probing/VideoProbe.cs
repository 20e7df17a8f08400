namespace TranscoderStub.Probing;

/// <summary>A moving picture as it is shown: turned upright and with square pixels.</summary>
/// <param name="Index">Number of the stream within the source.</param>
/// <param name="Codec">ffmpeg's name.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Rate">The constant rate at which it will be encoded.</param>
/// <param name="Seconds">Duration.</param>
internal sealed record VideoProbe(int Index, string Codec, int Width, int Height, FrameRate Rate, double Seconds);

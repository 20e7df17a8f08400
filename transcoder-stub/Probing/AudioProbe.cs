namespace TranscoderStub.Probing;

/// <summary>A sound stream.</summary>
/// <param name="Index">Number of the stream within the source.</param>
/// <param name="Codec">ffmpeg's name.</param>
/// <param name="SampleRate">Hertz.</param>
/// <param name="Channels">As stored.</param>
/// <param name="Seconds">Duration.</param>
internal sealed record AudioProbe(int Index, string Codec, int SampleRate, int Channels, double Seconds);

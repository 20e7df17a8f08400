namespace TranscoderStub.JustInTime;

/// <summary>A step of the picture ladder.</summary>
/// <param name="Name">What askers call it.</param>
/// <param name="Height">Lines; a source with fewer gets none of the higher steps.</param>
/// <param name="Kbps">Peak rate.</param>
internal sealed record VideoProfile(string Name, int Height, int Kbps);

namespace TranscoderStub.Titles;

/// <summary>Something that can be watched, as the title list shows it. Paths are root-relative; null where the form does not exist.</summary>
internal sealed record Title(string MediaId, string Name, string? Hls, string? Dash, string? Direct, bool Live);

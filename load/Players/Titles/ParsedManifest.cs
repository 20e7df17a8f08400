namespace Gateway.Load.Players.Titles;

/// <summary>What came of a manifest.</summary>
/// <param name="Presentation">A multivariant playlist or an MPD.</param>
/// <param name="Track">A media playlist.</param>
/// <param name="Skipped">Segments that a delta update of it leaves out.</param>
internal sealed record ParsedManifest(Presentation? Presentation, MediaTrack? Track, long Skipped = 0);

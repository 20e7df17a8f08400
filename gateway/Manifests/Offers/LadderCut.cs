namespace Gateway.Manifests.Offers;

/// <summary>A rule by which a ladder is cut.</summary>
/// <param name="rungs">The whole ladder, in the order of the manifest.</param>
/// <param name="leftOut">As long; gets true for what goes.</param>
/// <returns>Whether anything goes.</returns>
internal delegate bool LadderCut(ReadOnlySpan<LadderRung> rungs, Span<bool> leftOut);

namespace Gateway.Manifests.Dash;

/// <summary>What a URL in a DASH document is relative to.</summary>
internal enum MpdReferenceKind
{
    None,

    /// <summary>A BaseURL: relative to the bases of the level above, and itself the base of its own level.</summary>
    Base,

    /// <summary>Media, initialisation, index: relative to the base of each Representation that uses it. May be a template.</summary>
    Segment,

    /// <summary>Relative to the same base, but not fetched as a segment, and not resolved by every player: always written in full. Fonts.</summary>
    Asset,

    /// <summary>
    /// Relative to the URL of the document itself, no matter which BaseURLs there are: Location, PatchLocation, xlink:href, steering.
    /// </summary>
    Document,

    /// <summary>Several of the same, separated by white space: clock sources.</summary>
    DocumentList,
}

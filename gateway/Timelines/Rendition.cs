using Gateway.Media;

namespace Gateway.Timelines;

/// <summary>An alternative rendition (EXT-X-MEDIA, AdaptationSet beside the main one).</summary>
internal sealed record Rendition
{
    public required RenditionKind Kind { get; init; }

    /// <summary>GROUP-ID; variants name it.</summary>
    public required string Group { get; init; }

    public string Name { get; init; } = "";

    /// <summary>RFC 5646 tag; empty where the manifest gives none.</summary>
    public string Language { get; init; } = "";

    public bool IsDefault { get; init; }

    /// <summary>Media playlist; null where it is muxed into the variant, for DASH, and for hosts that are not configured.</summary>
    public MediaAddress? Address { get; init; }
}

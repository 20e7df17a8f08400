namespace Gateway.Manifests.Hls;

/// <summary>
/// The one table of places in a playlist that hold references, beside the URI lines themselves (draft-pantos-hls-rfc8216bis §4.4,
/// appendices D and F). A tag that is not in here goes out as it came in.
/// </summary>
internal static class HlsTagRules
{
    private const HlsPlaylistKind Multivariant = HlsPlaylistKind.Multivariant;
    private const HlsPlaylistKind Media = HlsPlaylistKind.Media;
    private const HlsPlaylistKind Both = HlsPlaylistKind.Unknown;

    private static readonly HlsTagRule[] All =
    [
        Rule("STREAM-INF"u8, Multivariant),
        Rule("MEDIA"u8, Multivariant, At("URI"u8, ReferenceForm.Shortest)),
        Rule("I-FRAME-STREAM-INF"u8, Multivariant, At("URI"u8, ReferenceForm.Shortest)),
        Rule("IMAGE-STREAM-INF"u8, Multivariant, At("URI"u8, ReferenceForm.Shortest)),
        Rule("SESSION-DATA"u8, Multivariant, At("URI"u8, ReferenceForm.Shortest)),
        Rule("CONTENT-STEERING"u8, Multivariant, At("SERVER-URI"u8, ReferenceForm.Shortest) with { MayBeInline = true }),

        // The same key must have the same URI in both tags (§4.4.6.5). Absolute, because VLC puts the directory before a key's path.
        Rule("SESSION-KEY"u8, Multivariant, At("URI"u8, ReferenceForm.Absolute)),
        Rule("KEY"u8, Media, At("URI"u8, ReferenceForm.Absolute)),

        Rule("TARGETDURATION"u8, Media),
        Rule("MEDIA-SEQUENCE"u8, Media),
        Rule("MAP"u8, Media, At("URI"u8, ReferenceForm.Shortest)),
        Rule("PART"u8, Media, At("URI"u8, ReferenceForm.Shortest)),
        Rule("PRELOAD-HINT"u8, Media, At("URI"u8, ReferenceForm.Shortest)),

        // Must be relative to the playlist (§4.4.5.4), so never with a host.
        Rule("RENDITION-REPORT"u8, Media, At("URI"u8, ReferenceForm.AbsolutePath)),

        // X-ASSET-* may stand in a second tag with the same ID that does not repeat the CLASS (§4.4.5.1); other attributes are vendors'.
        Rule(
            "DATERANGE"u8,
            Media,
            At("X-ASSET-URI"u8, ReferenceForm.Absolute),
            At("X-ASSET-LIST"u8, ReferenceForm.Shortest) with { MayBeInline = true },
            At("X-URI"u8, ReferenceForm.Shortest, "com.apple.hls.preload"u8)),

        Rule("DEFINE"u8, Both),
    ];

    /// <summary>EXT-X-DEFINE, whose variables the others may use.</summary>
    public static HlsTagRule Define { get; } = All[^1];

    private static readonly HlsTagRule[][] ByFirstLetter = Group();

    /// <summary>Finds the rule for a tag.</summary>
    /// <param name="tag">What follows <c>#EXT-X-</c>, name and all the rest of the line.</param>
    /// <param name="nameLength">Length of the name.</param>
    public static HlsTagRule? Find(ReadOnlySpan<byte> tag, out int nameLength)
    {
        nameLength = 0;
        if (tag.IsEmpty || (uint)(tag[0] - 'A') >= (uint)ByFirstLetter.Length) return null;
        var rules = ByFirstLetter[tag[0] - 'A'];
        foreach (var rule in rules)
        {
            if (!tag.StartsWith(rule.Name)) continue;
            nameLength = rule.Name.Length;
            if (tag.Length == nameLength || tag[nameLength] is (byte)':' or (byte)' ' or (byte)'\t') return rule;
        }

        return null;
    }

    private static HlsTagRule Rule(ReadOnlySpan<byte> name, HlsPlaylistKind kind, params HlsReferencePlace[] references) =>
        new(name.ToArray(), kind, references);

    private static HlsReferencePlace At(ReadOnlySpan<byte> attribute, ReferenceForm form, ReadOnlySpan<byte> className = default) =>
        new(attribute.ToArray(), form, className.IsEmpty ? null : className.ToArray());

    private static HlsTagRule[][] Group()
    {
        var groups = new HlsTagRule[26][];
        for (var i = 0; i < groups.Length; i++) groups[i] = Array.FindAll(All, r => r.Name[0] == 'A' + i);
        return groups;
    }
}

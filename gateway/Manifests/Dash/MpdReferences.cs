using System.Buffers;

namespace Gateway.Manifests.Dash;

/// <summary>
/// Collects the URLs found in a document: in the order of the document, each with its level, and each level with the chain of its
/// bases. References that are right under any base are left out, see <see cref="MpdReferenceScan"/>.
/// </summary>
internal ref struct MpdReferences(ReadOnlySpan<byte> document, PooledList<MpdReference> sites, PooledList<MpdContext> levels)
{
    private static readonly SearchValues<byte> Ambiguous = SearchValues.Create(":\\&\t\r\n"u8);

    private readonly ReadOnlySpan<byte> _document = document;

    /// <summary>Whether the bases in the document belong to levels of an MPD that is not known here.</summary>
    public bool IsPatch { get; set; }

    /// <summary>
    /// Relative references to the document's own URL have to be looked at when the player knows the document under another URL, and in a
    /// patch, whose references are relative to an MPD that the player may know under another URL.
    /// </summary>
    public bool TakesRelativeDocumentUrls { get; set; }

    /// <summary>Whether references that are right under any base are wanted as well: each folder has a ticket of its own.</summary>
    public bool TakesAll { get; set; }

    /// <summary>Records the text of an element.</summary>
    public readonly void AddText(MpdReferenceKind kind, int level, Range text)
    {
        var (contentStart, contentLength) = text.GetOffsetAndLength(_document.Length);
        var content = _document.Slice(contentStart, contentLength);
        var trimmed = content.Trim(" \t\r\n"u8);
        var start = contentStart + (content.Length - content.TrimStart(" \t\r\n"u8).Length);
        if (trimmed.IndexOf((byte)'<') < 0)
        {
            Add(kind, level, start, trimmed.Length, DashSpelling.Text);
            return;
        }

        if (trimmed.StartsWith("<![CDATA["u8) && trimmed.IndexOf("]]>"u8) == trimmed.Length - 3)
        {
            Add(kind, level, start + 9, trimmed.Length - 12, DashSpelling.CData);
            return;
        }

        if (HasText(content)) Add(kind, level, contentStart, content.Length, DashSpelling.Mixed);
    }

    private static bool HasText(ReadOnlySpan<byte> content)
    {
        for (var position = 0; XmlValue.TryReadRun(content, ref position, out var run, out _);)
        {
            if (content[run].IndexOfAnyExcept(" \t\r\n"u8) >= 0) return true;
        }

        return false;
    }

    /// <summary>Records the URLs of a list separated by blanks.</summary>
    public readonly void AddList(int level, int start, int length, DashSpelling spelling)
    {
        for (var rest = _document.Slice(start, length); !rest.IsEmpty;)
        {
            var item = rest.IndexOfAny(" \t\r\n"u8);
            if (item < 0) item = rest.Length;
            if (item > 0) Add(MpdReferenceKind.Document, level, start + length - rest.Length, item, spelling);
            rest = rest[Math.Min(rest.Length, item + 1)..];
        }
    }

    /// <summary>Records one URL.</summary>
    public readonly void Add(MpdReferenceKind kind, int level, int start, int length, DashSpelling spelling)
    {
        if (spelling != DashSpelling.Mixed)
        {
            var value = _document.Slice(start, length);
            start += length - value.TrimStart(" \t\r\n"u8).Length;
            value = value.Trim(" \t\r\n"u8);
            length = value.Length;
            if (!TakesAll && IsPlainRelative(value) && kind != MpdReferenceKind.Base && !(kind == MpdReferenceKind.Document && TakesRelativeDocumentUrls)) return;
        }

        // An empty BaseURL is no base but the one above, and an Event without a message names nothing: by RFC 3986 it would be the MPD itself.
        if (length == 0 && kind is (MpdReferenceKind.Base or MpdReferenceKind.Document)) return;
        if (kind == MpdReferenceKind.Base && level == 0 && IsPatch)
        {
            // It belongs to a level of an MPD that is not known here, and must not become the base of the other operations.
            kind = MpdReferenceKind.Asset;
        }
        else if (kind == MpdReferenceKind.Base)
        {
            ref var owner = ref levels.Items[level];
            if (owner.FirstBase < 0) owner.FirstBase = sites.Count;
            else sites.Items[owner.LastBase] = sites.Items[owner.LastBase] with { NextBase = sites.Count };
            owner.LastBase = sites.Count;
        }

        sites.Add(new MpdReference(kind, level, start, length, spelling));
    }

    /// <summary>A path relative to a directory, without anything by which it could climb or be read in another way.</summary>
    private static bool IsPlainRelative(ReadOnlySpan<byte> value) =>
        value.IsEmpty || (value[0] != (byte)'/' && value.IndexOfAny(Ambiguous) < 0 && value.IndexOf(".."u8) < 0
            && value.IndexOf("%2"u8) < 0);
}

namespace Gateway.Manifests.Dash;

/// <summary>
/// Walks over the markup of an XML document without taking it apart: positions only, no strings, no copies. What lies between two tokens
/// is text. Every byte is looked at a bounded number of times.
/// </summary>
/// <remarks>
/// No XmlReader here, because a reader hands out values and loses spelling (quotes, references, spacing inside of tags, line ends), and
/// because real MPDs with an undeclared prefix play in browsers although they are not namespace-well-formed. Expects an ASCII-compatible encoding.
/// </remarks>
internal ref struct XmlCursor(ReadOnlySpan<byte> document, int position)
{
    private readonly ReadOnlySpan<byte> _document = document;
    private int _position = position;

    /// <summary>First byte of the token.</summary>
    public int Start { get; private set; }

    /// <summary>First byte behind the token.</summary>
    public readonly int End => _position;

    /// <summary>Qualified name of a tag.</summary>
    public int NameStart { get; private set; }

    public int NameLength { get; private set; }

    /// <summary>Whether a start tag closes itself.</summary>
    public bool IsEmpty { get; private set; }

    /// <summary>Where the last "&lt;" stands that begins no markup; -1 when none came.</summary>
    public int LastLone { get; private set; } = -1;

    public readonly ReadOnlySpan<byte> Name => _document.Slice(NameStart, NameLength);

    /// <summary>What stands between the name of a start tag and its end.</summary>
    public readonly Range Attributes => (NameStart + NameLength)..(_position - (IsEmpty ? 2 : 1));

    public XmlTokenKind Read()
    {
        while (true)
        {
            var next = _document[_position..].IndexOf((byte)'<');
            if (next < 0)
            {
                Start = _position = _document.Length;
                return XmlTokenKind.End;
            }

            Start = _position + next;
            if (Start + 1 == _document.Length) return XmlTokenKind.Truncated;
            var first = _document[Start + 1];
            switch (first)
            {
                case (byte)'/':
                    return ReadEndTag();
                case (byte)'!':
                    return ReadDeclaration();
                case (byte)'?':
                    return SkipTo("?>"u8, 2, XmlTokenKind.Opaque);
            }

            if (StartsName(first)) return ReadStartTag();

            // A lone "<" is text to us, and a player refuses it or not. Where a URL stands it is not: see <see cref="MpdReferenceScan"/>.
            LastLone = Start;
            _position = Start + 1;
        }
    }

    private XmlTokenKind ReadStartTag()
    {
        NameStart = Start + 1;
        var rest = _document[NameStart..];
        var end = rest.IndexOf((byte)'>');
        if (end < 0) return XmlTokenKind.Truncated;

        // Nearly every tag is decided by this look: only double quotes, in pairs, so the first ">" ends it.
        var tag = rest[..end];
        if (tag.IndexOfAny((byte)'\'', (byte)'<') >= 0 || (tag.Count((byte)'"') & 1) != 0)
        {
            var kind = FindEnd(rest, ref end);
            if (kind != XmlTokenKind.StartTag) return kind;
            tag = rest[..end];
        }

        if (end > DashLimits.TagLength) return XmlTokenKind.TooLong;
        var name = tag.IndexOfAny(" \t\r\n/"u8);
        NameLength = name < 0 ? tag.Length : name;
        IsEmpty = end > NameLength - 1 && tag[^1] == (byte)'/';
        _position = NameStart + end + 1;
        return XmlTokenKind.StartTag;
    }

    private static XmlTokenKind FindEnd(ReadOnlySpan<byte> rest, ref int end)
    {
        for (var at = 0; ;)
        {
            var stop = rest[at..].IndexOfAny("\"'<>"u8);
            if (stop < 0) return XmlTokenKind.Truncated;
            at += stop;
            switch (rest[at])
            {
                case (byte)'>':
                    end = at;
                    return XmlTokenKind.StartTag;
                case (byte)'<':
                    return XmlTokenKind.NotWellFormed;
            }

            var close = rest[(at + 1)..].IndexOf(rest[at]);
            if (close < 0) return XmlTokenKind.Truncated;
            at += close + 2;
            if (at > DashLimits.TagLength) return XmlTokenKind.TooLong;
        }
    }

    private XmlTokenKind ReadEndTag()
    {
        NameStart = Start + 2;
        var rest = _document[NameStart..];
        var end = rest.IndexOf((byte)'>');
        if (end < 0) return XmlTokenKind.Truncated;
        NameLength = rest[..end].TrimEnd(" \t\r\n"u8).Length;
        _position = NameStart + end + 1;
        return XmlTokenKind.EndTag;
    }

    private XmlTokenKind ReadDeclaration()
    {
        var rest = _document[Start..];
        if (rest.StartsWith("<!--"u8)) return SkipTo("-->"u8, 4, XmlTokenKind.Opaque);
        if (rest.StartsWith("<![CDATA["u8)) return SkipTo("]]>"u8, 9, XmlTokenKind.Opaque);
        if (!rest.StartsWith("<!DOCTYPE"u8)) return XmlTokenKind.NotWellFormed;
        return SkipTo(">"u8, 9, XmlTokenKind.Doctype);
    }

    private XmlTokenKind SkipTo(ReadOnlySpan<byte> terminator, int opening, XmlTokenKind kind)
    {
        var rest = _document[Start..];
        var end = rest.Length < opening ? -1 : rest[opening..].IndexOf(terminator);
        if (end < 0) return XmlTokenKind.Truncated;
        _position = Start + opening + end + terminator.Length;
        return kind;
    }

    private static bool StartsName(byte b) => b is >= (byte)'a' and <= (byte)'z' or >= (byte)'A' and <= (byte)'Z' or (byte)'_' or (byte)':' or >= 0x80;
}

namespace Gateway.Manifests.Dash;

/// <summary>
/// The one walk over a DASH document: what is read for rewriting, for the timelines and for a bitrate limit is the same. It knows the root, which elements are
/// DASH's by their namespace, and how they are nested; each start has its end.
/// </summary>
/// <remarks>
/// <para>A document type declaration without entities is passed, one with them ends the walk. Where tags do not match, the nearest open element of that name ends, and
/// what is open inside of it with it; a stray end tag is passed. Players refuse such a document or not.</para>
/// <para>What comes behind an MPD or a patch belongs to no document and counts as <see cref="DashElement.Other"/>. Remote elements may stand side by side.</para>
/// </remarks>
internal ref struct MpdWalk(ReadOnlySpan<byte> document)
{
    private readonly ReadOnlySpan<byte> _document = document;
    private readonly XmlNamespaces _namespaces = new();
    private readonly Frame[] _open = new Frame[DashLimits.Depth + 1];
    private XmlCursor _cursor = new(document, document.StartsWith("\uFEFF"u8) ? 3 : 0);
    private Frame _at;
    private int _prolog = document.StartsWith("\uFEFF"u8) ? 3 : 0;
    private int _count;
    private int _closing;
    private bool _closesEmpty;
    private bool _isOver;

    /// <summary>How the walk ended; <see cref="DashOutcome.Unchanged"/> when the document could be read to its end.</summary>
    public DashOutcome Outcome { get; private set; }

    /// <summary>The root of the document; <see cref="DashElement.Other"/> before it was met.</summary>
    public DashElement Root { get; private set; }

    /// <summary>Qualified name of the root's prefix, colon included; empty without one.</summary>
    public Range RootPrefix { get; private set; }

    /// <summary>How deep the element lies: 1 for the root.</summary>
    public int Depth { get; private set; }

    /// <summary>The element that opens or closes; <see cref="DashElement.Other"/> for elements without references, or outside of DASH's namespaces.</summary>
    public readonly DashElement Element => _at.Element;

    /// <summary>Its name without a prefix.</summary>
    public readonly ReadOnlySpan<byte> Local
    {
        get
        {
            var name = NameOf(_at);
            return name[(name.IndexOf((byte)':') + 1)..];
        }
    }

    /// <summary>First byte of its start tag.</summary>
    public readonly int Start => _at.NameStart - 1;

    /// <summary>First byte behind its start tag.</summary>
    public readonly int ContentStart => _at.ContentStart;

    /// <summary>When it closes, first byte of its end tag.</summary>
    public int ContentEnd { get; private set; }

    /// <summary>When it closes, first byte behind it.</summary>
    public int End { get; private set; }

    /// <summary>When it closes, whether it does so only because an element around it ends: what is its text is not known.</summary>
    public readonly bool IsImplied => _closing > 0;

    /// <summary>When it closes, whether elements lie inside.</summary>
    public readonly bool HasChild => _at.HasChild;

    /// <summary>When it closes, whether a "&lt;" that begins no markup stands inside, so that the end of its text cannot be told.</summary>
    public readonly bool HasLone => _cursor.LastLone >= _at.ContentStart;

    /// <summary>When it opens, what stands between its name and the end of its start tag.</summary>
    public readonly Range Attributes => _cursor.Attributes;

    /// <summary>When it opens, the bytes of an attribute; empty without it.</summary>
    public readonly ReadOnlySpan<byte> AttributeOf(ReadOnlySpan<byte> name)
    {
        for (var attributes = new XmlAttributes(_document, _cursor.Attributes); attributes.Read();)
        {
            if (attributes.Name.SequenceEqual(name)) return attributes.Value;
        }

        return default;
    }

    public readonly bool IsXlink(ReadOnlySpan<byte> prefix) => _namespaces.IsXlink(prefix);

    public MpdStep Read()
    {
        if (_closesEmpty)
        {
            _closesEmpty = false;
            ContentEnd = End = _at.ContentStart;
            Leave();
            return MpdStep.Close;
        }

        if (_closing > 0) return CloseOne();
        while (true)
        {
            var kind = _cursor.Read();
            if (Root == DashElement.Other && kind != XmlTokenKind.End && _document[_prolog.._cursor.Start].IndexOfAnyExcept(" \t\r\n"u8) >= 0) return EndWith(DashOutcome.NotAnMpd);
            switch (kind)
            {
                case XmlTokenKind.StartTag:
                    return TryOpen(out var refusal) ? MpdStep.Open : EndWith(refusal);
                case XmlTokenKind.EndTag when TryFindOpen():
                    return CloseOne();
                case XmlTokenKind.Doctype when !IsHarmless(_document[_cursor.Start.._cursor.End]):
                    return EndWith(DashOutcome.DoctypeRefused);
                case XmlTokenKind.End:
                    return EndWith(Root == DashElement.Other ? DashOutcome.NotAnMpd : _count > 0 ? DashOutcome.Truncated : DashOutcome.Unchanged);
                case XmlTokenKind.Truncated:
                    return EndWith(Root == DashElement.Other ? DashOutcome.NotAnMpd : DashOutcome.Truncated);
                case XmlTokenKind.NotWellFormed:
                    return EndWith(Root == DashElement.Other ? DashOutcome.NotAnMpd : DashOutcome.NotWellFormed);
                case XmlTokenKind.TooLong:
                    return EndWith(DashOutcome.AttributeTooLong);
            }

            if (Root == DashElement.Other) _prolog = _cursor.End;
        }
    }

    private MpdStep EndWith(DashOutcome outcome)
    {
        Outcome = outcome;
        return MpdStep.End;
    }

    /// <summary>"&lt;!DOCTYPE MPD&gt;" says nothing. With an internal subset or an external identifier it brings entities.</summary>
    private static bool IsHarmless(ReadOnlySpan<byte> doctype) =>
        doctype.IndexOf((byte)'[') < 0 && doctype.IndexOf("SYSTEM"u8) < 0 && doctype.IndexOf("PUBLIC"u8) < 0;

    private bool TryOpen(out DashOutcome refusal)
    {
        refusal = DashOutcome.Unchanged;
        var name = _cursor.Name;
        var colon = name.IndexOf((byte)':');
        var prefix = colon < 0 ? default : name[..colon];
        var element = DashNames.Element(name[(colon + 1)..]);
        var scope = _namespaces.Count;
        _open[_count].HasChild = true;

        // Most of a long MPD is S or SegmentURL elements: attributes are searched for a namespace only where one is declared.
        var mayDeclare = Root == DashElement.Other || ((element != DashElement.Other || !_cursor.IsEmpty) && _document[_cursor.Attributes].IndexOf("xmlns"u8) >= 0);
        if (mayDeclare) refusal = Declare();
        if (refusal == DashOutcome.Unchanged && Root == DashElement.Other && !TryTakeRoot(element, prefix, colon)) refusal = DashOutcome.NotAnMpd;
        if (refusal == DashOutcome.Unchanged && !_cursor.IsEmpty && _count == DashLimits.Depth) refusal = DashOutcome.TooDeep;
        if (refusal != DashOutcome.Unchanged) return false;
        if (element != DashElement.Other && (_isOver || !_namespaces.IsDash(prefix))) element = DashElement.Other;
        _at = new Frame { NameStart = _cursor.NameStart, NameLength = _cursor.NameLength, Element = element, Scope = scope, ContentStart = _cursor.End };
        Depth = _count + 1;
        _closesEmpty = _cursor.IsEmpty;
        if (!_closesEmpty) _open[++_count] = _at;
        return true;
    }

    private readonly DashOutcome Declare()
    {
        var count = 0;
        for (var attributes = new XmlAttributes(_document, _cursor.Attributes); attributes.Read();)
        {
            if (++count > DashLimits.Attributes) return DashOutcome.AttributeTooLong;
            _namespaces.Declare(_document, ref attributes);
        }

        return _namespaces.Count > DashLimits.Namespaces ? DashOutcome.TooManyNamespaces : DashOutcome.Unchanged;
    }

    private bool TryTakeRoot(DashElement element, ReadOnlySpan<byte> prefix, int colon)
    {
        if (element is DashElement.Mpd or DashElement.Patch) _namespaces.AdoptRoot(prefix);
        else if (!DashNames.IsRemoteRoot(element)) return false;
        if (!_namespaces.IsDash(prefix)) return false;
        Root = element;
        RootPrefix = _cursor.NameStart..(_cursor.NameStart + colon + 1);
        return true;
    }

    /// <summary>Finds what an end tag ends.</summary>
    private bool TryFindOpen()
    {
        var name = _cursor.Name;
        for (var at = name.IsEmpty ? 0 : _count; at > 0; at--)
        {
            if (!NameOf(_open[at]).SequenceEqual(name)) continue;
            _closing = _count - at + 1;
            return true;
        }

        return false;
    }

    private MpdStep CloseOne()
    {
        _closing--;
        Depth = _count;
        _at = _open[_count--];
        ContentEnd = _cursor.Start;
        End = _closing == 0 ? _cursor.End : _cursor.Start;
        Leave();
        return MpdStep.Close;
    }

    private void Leave()
    {
        _namespaces.Restore(_at.Scope);
        if (_count == 0 && Root is DashElement.Mpd or DashElement.Patch) _isOver = true;
    }

    private readonly ReadOnlySpan<byte> NameOf(Frame frame) => _document.Slice(frame.NameStart, frame.NameLength);

    private struct Frame
    {
        public int NameStart;
        public int NameLength;
        public DashElement Element;

        /// <summary>Namespace declarations in scope outside of the element.</summary>
        public int Scope;
        public int ContentStart;
        public bool HasChild;
    }
}

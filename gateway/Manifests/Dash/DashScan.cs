namespace Gateway.Manifests.Dash;

/// <summary>
/// First pass over a document: finds every place that holds a URL, in the order of the document, and the levels to which these belong. Nothing is decided here except
/// that relative references to segments which do not climb are not even noted, since no base that they can have makes them wrong; so
/// a list of 100,000 ordinary segments costs no memory.
/// </summary>
internal ref struct DashScan(ReadOnlySpan<byte> document, PooledList<DashSite> sites, PooledList<DashLevel> levels, bool notesRelativeDocumentUrls, bool notesAll = false)
{
    private readonly ReadOnlySpan<byte> _document = document;
    private readonly XmlNamespaces _namespaces = new();
    private readonly Stack<Frame> _open = new();
    private DashNotes _notes = new(document, sites, levels);
    private Frame _top;
    private bool _seenRoot;
    private bool _isOver;

    /// <summary>The root of the document.</summary>
    public DashElement Root { get; private set; }

    /// <summary>Qualified name of the root's prefix, colon included; empty without one.</summary>
    public Range RootPrefix { get; private set; }

    /// <summary>Where a BaseURL of the MPD belongs by the order of the schema: behind ProgramInformation, before everything else.</summary>
    public int BasePosition { get; private set; }

    /// <summary>Reads the document to its end.</summary>
    /// <returns><see cref="DashOutcome.Unchanged"/> when it could be read.</returns>
    public DashOutcome Run()
    {
        var start = _document.StartsWith("\uFEFF"u8) ? 3 : 0;
        var cursor = new XmlCursor(_document, start);
        while (true)
        {
            var kind = cursor.Read();
            if (!_seenRoot && kind != XmlTokenKind.End && _document[start..cursor.Start].IndexOfAnyExcept(" \t\r\n"u8) >= 0) return DashOutcome.NotAnMpd;
            var outcome = DashOutcome.Unchanged;
            switch (kind)
            {
                case XmlTokenKind.StartTag:
                    outcome = Open(ref cursor);
                    break;
                case XmlTokenKind.EndTag:
                    outcome = Close(ref cursor);
                    break;
                case XmlTokenKind.Doctype:
                    if (!IsHarmless(_document[cursor.Start..cursor.End])) outcome = DashOutcome.DoctypeRefused;
                    break;
                case XmlTokenKind.End:
                    return !_seenRoot ? DashOutcome.NotAnMpd : _open.Count > 0 ? DashOutcome.Truncated : DashOutcome.Unchanged;
                case XmlTokenKind.Truncated:
                    return _seenRoot ? DashOutcome.Truncated : DashOutcome.NotAnMpd;
                case XmlTokenKind.NotWellFormed:
                    return _seenRoot ? DashOutcome.NotWellFormed : DashOutcome.NotAnMpd;
                case XmlTokenKind.TooLong:
                    return DashOutcome.AttributeTooLong;
            }

            if (outcome != DashOutcome.Unchanged) return outcome;
            if (!_seenRoot) start = cursor.End;
        }
    }

    /// <summary>"&lt;!DOCTYPE MPD&gt;" says nothing. With an internal subset or an external identifier it brings entities.</summary>
    private static bool IsHarmless(ReadOnlySpan<byte> doctype) =>
        doctype.IndexOf((byte)'[') < 0 && doctype.IndexOf("SYSTEM"u8) < 0 && doctype.IndexOf("PUBLIC"u8) < 0;

    private DashOutcome Open(ref XmlCursor cursor)
    {
        var name = cursor.Name;
        var colon = name.IndexOf((byte)':');
        var element = DashNames.Element(name[(colon + 1)..]);
        var scope = _namespaces.Count;
        _top.HasChild = true;

        // Most of a long MPD is S or SegmentURL elements: nobody's attributes are read for a namespace that is not there.
        if (!_seenRoot || ((element != DashElement.Other || !cursor.IsEmpty) && _document[cursor.Attributes].IndexOf("xmlns"u8) >= 0))
        {
            var outcome = Declare(ref cursor);
            if (outcome != DashOutcome.Unchanged) return outcome;
        }

        var prefix = colon < 0 ? default : name[..colon];
        if (!_seenRoot)
        {
            if (element is DashElement.Mpd or DashElement.Patch) _namespaces.AdoptRoot(prefix);
            if (!TakeRoot(element, prefix, ref cursor, colon)) return DashOutcome.NotAnMpd;
        }

        if (element != DashElement.Other && (_isOver || !_namespaces.IsDash(prefix))) element = DashElement.Other;
        var frame = new Frame
        {
            NameStart = cursor.NameStart,
            NameLength = cursor.NameLength,
            Element = element,
            Level = _top.Level,
            Scope = scope,
            ContentStart = cursor.End,
            IsCallback = _top.IsCallback,
        };
        if (element != DashElement.Other && !TryEnter(ref frame, ref cursor)) return DashOutcome.AttributeTooLong;
        if (_open.Count == 1 && element != DashElement.ProgramInformation && BasePosition == 0) BasePosition = cursor.Start;
        if (cursor.IsEmpty)
        {
            EndRoot();
            _namespaces.Restore(scope);
            return DashOutcome.Unchanged;
        }

        if (_open.Count == DashLimits.Depth) return DashOutcome.TooDeep;
        _open.Push(_top);
        _top = frame;
        return DashOutcome.Unchanged;
    }

    private DashOutcome Declare(ref XmlCursor cursor)
    {
        var count = 0;
        for (var attributes = new XmlAttributes(_document, cursor.Attributes); attributes.Read();)
        {
            if (++count > DashLimits.Attributes) return DashOutcome.AttributeTooLong;
            _namespaces.Declare(_document, ref attributes);
        }

        return _namespaces.Count > DashLimits.Namespaces ? DashOutcome.TooManyNamespaces : DashOutcome.Unchanged;
    }

    private bool TakeRoot(DashElement element, ReadOnlySpan<byte> prefix, ref XmlCursor cursor, int colon)
    {
        if (element is not (DashElement.Mpd or DashElement.Patch) && !DashNames.IsRemoteRoot(element)) return false;
        if (!_namespaces.IsDash(prefix)) return false;
        _seenRoot = true;
        Root = element;
        _notes.IsPatch = element == DashElement.Patch;
        _notes.TakesRelativeDocumentUrls = notesRelativeDocumentUrls || _notes.IsPatch;
        _notes.TakesAll = notesAll;
        RootPrefix = cursor.NameStart..(cursor.NameStart + colon + 1);
        if (element != DashElement.Mpd) levels.Add(new DashLevel { Parent = -1, FirstBase = -1, LastBase = -1 });
        return true;
    }

    /// <summary>Notes what the start tag of one of our elements brings; false when it brings too much.</summary>
    private bool TryEnter(ref Frame frame, ref XmlCursor cursor)
    {
        if (DashNames.IsLevel(frame.Element))
        {
            var parent = levels.Count == 0 ? -1 : _top.Level;
            levels.Add(new DashLevel { Parent = parent, FirstBase = -1, LastBase = -1 });
            frame.Level = levels.Count - 1;
            if (parent >= 0) levels.Items[parent].HasChild = true;
        }

        frame.Text = DashNames.TextPlace(frame.Element);
        switch (frame.Element)
        {
            case DashElement.EventStream:
                frame.IsCallback = DashNames.IsCallback(AttributeOf(ref cursor, "schemeIdUri"u8));
                break;
            case DashElement.Event when frame.IsCallback:
                frame.Text = DashPlace.Document;
                break;
            case DashElement.PatchAdd or DashElement.PatchReplace:
                frame.Text = PatchSelector.PlaceOf(AttributeOf(ref cursor, "sel"u8), AttributeOf(ref cursor, "type"u8));
                break;
        }

        return TryNoteAttributes(frame, ref cursor);
    }

    private bool TryNoteAttributes(Frame frame, ref XmlCursor cursor)
    {
        var count = 0;
        for (var attributes = new XmlAttributes(_document, cursor.Attributes); attributes.Read();)
        {
            if (++count > DashLimits.Attributes) return false;
            var name = attributes.Name;
            var colon = name.IndexOf((byte)':');
            DashPlace place;
            if (colon < 0)
            {
                place = frame.Element == DashElement.Property ? DashPlace.None : DashNames.AttributePlace(frame.Element, name);
                if (place == DashPlace.None) continue;
                if (frame.Element == DashElement.Event && !frame.IsCallback) continue;
                if (frame.Element == DashElement.UtcTiming && !DashNames.IsHttpClock(AttributeOf(ref cursor, "schemeIdUri"u8))) continue;
            }
            else if (name[(colon + 1)..].SequenceEqual("href"u8) && _namespaces.IsXlink(name[..colon]))
            {
                place = DashPlace.Document;
            }
            else if (frame.Element == DashElement.Property && name[(colon + 1)..].SequenceEqual("url"u8)
                && DashNames.IsFontDownload(AttributeOf(ref cursor, "schemeIdUri"u8)))
            {
                place = DashPlace.Asset;
            }
            else
            {
                continue;
            }

            var spelling = attributes.Quote == (byte)'"' ? DashSpelling.DoubleQuoted : DashSpelling.SingleQuoted;
            if (place == DashPlace.DocumentList) _notes.AddList(frame.Level, attributes.ValueStart, attributes.ValueLength, spelling);
            else _notes.Add(place, frame.Level, attributes.ValueStart, attributes.ValueLength, spelling);
        }

        return true;
    }

    private readonly ReadOnlySpan<byte> AttributeOf(ref XmlCursor cursor, ReadOnlySpan<byte> name)
    {
        for (var attributes = new XmlAttributes(_document, cursor.Attributes); attributes.Read();)
        {
            if (attributes.Name.SequenceEqual(name)) return attributes.Value;
        }

        return default;
    }

    private DashOutcome Close(ref XmlCursor cursor)
    {
        // Where tags do not match, the nearest open element of that name ends, and what is open inside of it with it; a stray end tag is passed.
        // Players refuse such a document or not, and the bytes go out as they came either way.
        var name = cursor.Name;
        if (name.IsEmpty || _open.Count == 0) return DashOutcome.Unchanged;
        var depth = 0;
        if (!NameOf(_top).SequenceEqual(name))
        {
            depth = -1;
            var at = 0;
            foreach (var frame in _open)
            {
                at++;
                if (!NameOf(frame).SequenceEqual(name)) continue;
                depth = at;
                break;
            }

            if (depth < 0) return DashOutcome.Unchanged;
        }

        for (; depth > 0; depth--) _top = _open.Pop();
        if (_top.Text != DashPlace.None && !_top.HasChild)
        {
            // Nobody can tell where a URL ends that holds a bare "<".
            if (cursor.LastLone >= _top.ContentStart) return DashOutcome.NotWellFormed;
            _notes.AddText(_top.Text, _top.Level, _top.ContentStart..cursor.Start);
        }

        if (_open.Count == 1 && _top.Element == DashElement.Mpd && BasePosition == 0) BasePosition = _top.ContentStart;
        _namespaces.Restore(_top.Scope);
        _top = _open.Pop();
        EndRoot();
        return DashOutcome.Unchanged;
    }

    /// <summary>What comes behind an MPD or a patch belongs to no document. Remote elements may stand side by side.</summary>
    private void EndRoot()
    {
        if (_open.Count == 0 && Root is (DashElement.Mpd or DashElement.Patch)) _isOver = true;
    }

    private readonly ReadOnlySpan<byte> NameOf(Frame frame) => _document.Slice(frame.NameStart, frame.NameLength);

    private struct Frame
    {
        public int NameStart;
        public int NameLength;
        public DashElement Element;
        public int Level;

        /// <summary>Namespace declarations in scope outside of the element.</summary>
        public int Scope;
        public int ContentStart;
        public bool HasChild;
        public bool IsCallback;

        /// <summary>What the text of the element is relative to, if it is a URL.</summary>
        public DashPlace Text;
    }
}

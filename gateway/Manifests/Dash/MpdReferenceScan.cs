namespace Gateway.Manifests.Dash;

/// <summary>
/// First pass over a document: finds every URL, in the order of the document, and the levels to which these belong. Nothing is decided here except
/// that relative references to segments which do not climb are not recorded, since they are right under any base that they can have; so
/// a list of 100,000 ordinary segments costs no memory.
/// </summary>
internal ref struct MpdReferenceScan(ReadOnlySpan<byte> document, PooledList<MpdReference> sites, PooledList<MpdContext> levels, bool notesRelativeDocumentUrls, bool notesAll = false)
{
    private readonly ReadOnlySpan<byte> _document = document;
    private readonly Frame[] _frames = new Frame[DashLimits.Depth + 2];
    private MpdReferences _references = new(document, sites, levels);

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
        var walk = new MpdWalk(_document);
        while (true)
        {
            switch (walk.Read())
            {
                case MpdStep.Open:
                    if (!TryOpen(ref walk)) return DashOutcome.AttributeTooLong;
                    break;
                case MpdStep.Close:
                    if (!TryClose(ref walk)) return DashOutcome.NotWellFormed;
                    break;
                default:
                    RootPrefix = walk.RootPrefix;
                    return walk.Outcome;
            }
        }
    }

    private bool TryOpen(ref MpdWalk walk)
    {
        if (Root == DashElement.Other) TakeRoot(walk.Root);
        var above = _frames[walk.Depth - 1];
        ref var frame = ref _frames[walk.Depth];
        frame = new Frame { Level = above.Level, Scheme = above.Scheme };
        if (walk.Depth == 2 && walk.Element != DashElement.ProgramInformation && BasePosition == 0) BasePosition = walk.Start;
        return walk.Element == DashElement.Other || TryEnter(ref frame, ref walk);
    }

    private void TakeRoot(DashElement root)
    {
        Root = root;
        _references.IsPatch = root == DashElement.Patch;
        _references.TakesRelativeDocumentUrls = notesRelativeDocumentUrls || _references.IsPatch;
        _references.TakesAll = notesAll;
        if (root != DashElement.Mpd) levels.Add(new MpdContext { Parent = -1, FirstBase = -1, LastBase = -1 });
    }

    /// <summary>Records the references in the start tag of a DASH element; false when a limit is exceeded.</summary>
    private bool TryEnter(ref Frame frame, ref MpdWalk walk)
    {
        if (DashNames.IsLevel(walk.Element))
        {
            var parent = levels.Count == 0 ? -1 : frame.Level;
            levels.Add(new MpdContext { Parent = parent, FirstBase = -1, LastBase = -1 });
            frame.Level = levels.Count - 1;
            if (parent >= 0) levels.Items[parent].HasChild = true;
        }

        frame.Text = DashNames.TextPlace(walk.Element);
        switch (walk.Element)
        {
            case DashElement.EventStream or DashElement.UtcTiming or DashElement.Property:
                frame.Scheme = DashNames.Scheme(walk.AttributeOf("schemeIdUri"u8));
                break;
            case DashElement.Event when frame.Scheme == DashScheme.Callback:
                frame.Text = MpdReferenceKind.Document;
                break;
            case DashElement.PatchAdd or DashElement.PatchReplace:
                frame.Text = PatchSelector.PlaceOf(walk.AttributeOf("sel"u8), walk.AttributeOf("type"u8));
                break;
        }

        return TryNoteAttributes(frame, ref walk);
    }

    private bool TryNoteAttributes(Frame frame, ref MpdWalk walk)
    {
        var count = 0;
        for (var attributes = new XmlAttributes(_document, walk.Attributes); attributes.Read();)
        {
            if (++count > DashLimits.Attributes) return false;
            var name = attributes.Name;
            var colon = name.IndexOf((byte)':');
            var kind = colon < 0 ? DashNames.AttributePlace(walk.Element, name, frame.Scheme)
                : name[(colon + 1)..].SequenceEqual("href"u8) && walk.IsXlink(name[..colon]) ? MpdReferenceKind.Document
                : frame.Scheme == DashScheme.FontDownload && walk.Element == DashElement.Property && name[(colon + 1)..].SequenceEqual("url"u8) ? MpdReferenceKind.Asset
                : MpdReferenceKind.None;
            if (kind == MpdReferenceKind.None) continue;
            var spelling = attributes.Quote == (byte)'"' ? DashSpelling.DoubleQuoted : DashSpelling.SingleQuoted;
            if (kind == MpdReferenceKind.DocumentList) _references.AddList(frame.Level, attributes.ValueStart, attributes.ValueLength, spelling);
            else _references.Add(kind, frame.Level, attributes.ValueStart, attributes.ValueLength, spelling);
        }

        return true;
    }

    /// <summary>Records the text of an element that holds a URL; false when its end cannot be told.</summary>
    private bool TryClose(ref MpdWalk walk)
    {
        ref readonly var frame = ref _frames[walk.Depth];
        if (!walk.IsImplied && frame.Text != MpdReferenceKind.None && !walk.HasChild)
        {
            if (walk.HasLone) return false;
            _references.AddText(frame.Text, frame.Level, walk.ContentStart..walk.ContentEnd);
        }

        if (walk.Depth == 1 && walk.Element == DashElement.Mpd && BasePosition == 0) BasePosition = walk.ContentStart;
        return true;
    }

    private struct Frame
    {
        public int Level;

        /// <summary>The meaning of the scheme of the descriptor or event stream for the values inside.</summary>
        public DashScheme Scheme;

        /// <summary>What the text of the element is relative to, if it is a URL.</summary>
        public MpdReferenceKind Text;
    }
}

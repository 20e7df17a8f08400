using System.Buffers.Text;
using System.Text;

namespace Gateway.Manifests.Dash.Presentation;

/// <summary>
/// Reads the levels of an MPD with what decides about segments, over the same scanner as the rewriter, so that a document which can be rewritten
/// can be followed as well. Elements count only below the parents that the schema gives them, which keeps event payloads out without
/// a look at namespaces.
/// </summary>
internal ref struct MpdOutline(byte[] document)
{
    private readonly Stack<Frame> _open = new();
    private Frame _top;

    private enum Inside
    {
        Nothing,
        Level,
        BaseUrl,
        Segments,
        Timeline,
        Other,
    }

    /// <summary>The MPD; null for what is none.</summary>
    public MpdLevel? Root { get; private set; }

    /// <summary>How many Representations there are.</summary>
    public int Representations { get; private set; }

    /// <summary>Reads to the end.</summary>
    /// <returns>False for what is no complete MPD.</returns>
    public bool TryRead()
    {
        var start = document.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0;
        var cursor = new XmlCursor(document, start);
        while (true)
        {
            switch (cursor.Read())
            {
                case XmlTokenKind.StartTag:
                    if (!TryOpen(ref cursor)) return false;
                    break;
                case XmlTokenKind.EndTag:
                    if (_open.Count == 0 || !NameOf(_top).SequenceEqual(cursor.Name)) return false;
                    if (_top.Inside == Inside.BaseUrl) TakeBase(cursor.Start);
                    _top = _open.Pop();
                    break;
                case XmlTokenKind.Opaque:
                    break;
                case XmlTokenKind.End:
                    return Root is not null && _open.Count == 0;
                default:
                    return false;
            }
        }
    }

    private bool TryOpen(ref XmlCursor cursor)
    {
        var name = cursor.Name;
        var local = name[(name.IndexOf((byte)':') + 1)..];
        var frame = new Frame { NameStart = cursor.NameStart, NameLength = cursor.NameLength, ContentStart = cursor.End, Level = _top.Level, Segments = _top.Segments };
        if (Root is null && !local.SequenceEqual("MPD"u8)) return false;
        frame.Inside = Classify(local, ref frame, ref cursor);
        if (cursor.IsEmpty) return true;
        if (_open.Count == DashLimits.Depth) return false;
        _open.Push(_top);
        _top = frame;
        return true;
    }

    private Inside Classify(ReadOnlySpan<byte> local, ref Frame frame, ref XmlCursor cursor)
    {
        switch (_top.Inside)
        {
            case Inside.Nothing:
                if (Root is not null) return Inside.Other;
                Root = frame.Level = new MpdLevel(DashElement.Mpd, null, Attributes(ref cursor));
                return Inside.Level;
            case Inside.Level:
                return ClassifyInLevel(local, ref frame, ref cursor);
            case Inside.Segments:
                return ClassifyInSegments(local, ref frame, ref cursor);
            case Inside.Timeline:
                if (local.SequenceEqual("S"u8)) frame.Segments!.OwnTimeline!.Add(ReadStep(ref cursor));
                return Inside.Other;
            default:
                return Inside.Other;
        }
    }

    private Inside ClassifyInLevel(ReadOnlySpan<byte> local, ref Frame frame, ref XmlCursor cursor)
    {
        var level = _top.Level!;
        var element = DashNames.Element(local);
        switch (element)
        {
            case DashElement.Period when level.Kind == DashElement.Mpd:
            case DashElement.AdaptationSet when level.Kind == DashElement.Period:
            case DashElement.Representation when level.Kind == DashElement.AdaptationSet:
                frame.Level = new MpdLevel(element, level, Attributes(ref cursor));
                level.Children.Add(frame.Level);
                if (element == DashElement.Representation) Representations++;
                return Inside.Level;
            case DashElement.BaseUrl when level.BaseUrl is null:
                level.BaseEarly = Attributes(ref cursor).GetValueOrDefault("availabilityTimeOffset");
                return Inside.BaseUrl;
            case DashElement.SegmentTemplate:
                level.SegmentTemplate = frame.Segments = new MpdSegments(Above(level, l => l.SegmentTemplate), Attributes(ref cursor));
                return Inside.Segments;
            case DashElement.SegmentList:
                level.SegmentList = frame.Segments = new MpdSegments(Above(level, l => l.SegmentList), Attributes(ref cursor));
                return Inside.Segments;
            case DashElement.Property when Attributes(ref cursor).GetValueOrDefault("schemeIdUri") == "http://dashif.org/guidelines/trickmode":
                level.IsTrickPlay = true;
                return Inside.Other;
        }

        if (!local.SequenceEqual("SegmentBase"u8)) return Inside.Other;
        level.SegmentBase = frame.Segments = new MpdSegments(Above(level, l => l.SegmentBase), Attributes(ref cursor));
        return Inside.Segments;
    }

    private readonly Inside ClassifyInSegments(ReadOnlySpan<byte> local, ref Frame frame, ref XmlCursor cursor)
    {
        var segments = frame.Segments!;
        switch (DashNames.Element(local))
        {
            case DashElement.Initialization:
                segments.OwnInitialization = Attributes(ref cursor);
                return Inside.Other;
            case DashElement.SegmentUrl:
                (segments.OwnItems ??= []).Add(ReadItem(ref cursor));
                return Inside.Other;
        }

        if (!local.SequenceEqual("SegmentTimeline"u8)) return Inside.Other;
        segments.OwnTimeline = [];
        return Inside.Timeline;
    }

    /// <summary>What a level inherits. The elements of a level stand before its children in every MPD, though no parser asks for it.</summary>
    private static MpdSegments? Above(MpdLevel level, Func<MpdLevel, MpdSegments?> select)
    {
        for (var above = level.Parent; above is not null; above = above.Parent)
        {
            if (select(above) is { } found) return found;
        }

        return null;
    }

    private readonly void TakeBase(int end)
    {
        var raw = document.AsSpan(_top.ContentStart, end - _top.ContentStart);
        var spelling = raw.IndexOf((byte)'<') < 0 ? DashSpelling.Text : DashSpelling.Mixed;
        var text = Decode(raw, spelling).Trim();
        if (text.Length > 0) _top.Level!.BaseUrl = text;
    }

    private readonly Dictionary<string, string> Attributes(ref XmlCursor cursor)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var attributes = new XmlAttributes(document, cursor.Attributes); attributes.Read() && found.Count < DashLimits.Attributes;)
        {
            if (attributes.Name.IndexOf((byte)':') < 0) found.TryAdd(Encoding.UTF8.GetString(attributes.Name), Decode(attributes.Value, DashSpelling.DoubleQuoted));
        }

        return found;
    }

    private readonly MpdSegments.Step ReadStep(ref XmlCursor cursor)
    {
        long? time = null;
        long duration = 0;
        long repeat = 0;
        long parts = 1;
        for (var attributes = new XmlAttributes(document, cursor.Attributes); attributes.Read();)
        {
            if (attributes.Name.Length != 1 || !Utf8Parser.TryParse(attributes.Value, out long value, out _)) continue;
            value = Math.Clamp(value, -1, long.MaxValue / 4);
            switch (attributes.Name[0])
            {
                case (byte)'t':
                    time = value;
                    break;
                case (byte)'d':
                    duration = value;
                    break;
                case (byte)'r':
                    repeat = value;
                    break;
                case (byte)'k':
                    parts = value;
                    break;
            }
        }

        return new MpdSegments.Step(time, duration, repeat, (int)Math.Clamp(parts, 1, 1000));
    }

    private readonly ListTrack.Item ReadItem(ref XmlCursor cursor)
    {
        var item = default(ListTrack.Item);
        for (var attributes = new XmlAttributes(document, cursor.Attributes); attributes.Read();)
        {
            if (attributes.Name.SequenceEqual("media"u8)) item = item with { Start = attributes.ValueStart, Length = attributes.ValueLength };
            else if (attributes.Name.SequenceEqual("mediaRange"u8)) item = item with { Range = MpdSegments.ParseRange(Encoding.UTF8.GetString(attributes.Value)) };
        }

        return item;
    }

    private static string Decode(ReadOnlySpan<byte> raw, DashSpelling spelling)
    {
        if (XmlValue.IsLiteral(raw, spelling)) return Encoding.UTF8.GetString(raw);
        var value = new byte[raw.Length * 2];
        return Encoding.UTF8.GetString(value.AsSpan(0, XmlValue.Decode(raw, spelling, isUtf8: true, value)));
    }

    private readonly ReadOnlySpan<byte> NameOf(Frame frame) => document.AsSpan(frame.NameStart, frame.NameLength);

    private struct Frame
    {
        public int NameStart;
        public int NameLength;
        public int ContentStart;
        public Inside Inside;
        public MpdLevel? Level;
        public MpdSegments? Segments;
    }
}

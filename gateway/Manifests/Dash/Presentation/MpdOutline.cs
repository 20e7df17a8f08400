using System.Buffers.Text;
using System.Text;

namespace Gateway.Manifests.Dash.Presentation;

/// <summary>
/// Reads the levels of an MPD with what decides about segments, over the same walk as the rewriter, so that a document which can be rewritten
/// can be followed as well. Elements count only below the parents that the schema gives them, which keeps event payloads out.
/// </summary>
internal ref struct MpdOutline(byte[] document)
{
    private readonly Frame[] _frames = new Frame[DashLimits.Depth + 2];

    private enum Inside
    {
        Nothing,
        Level,
        BaseUrl,
        PatchLocation,
        Segments,
        Timeline,
        Pattern,
        Other,
    }

    /// <summary>The MPD; null for what is none.</summary>
    public MpdLevel? Root { get; private set; }

    /// <summary>Reads to the end.</summary>
    /// <returns>False for what is no complete MPD.</returns>
    public bool TryRead()
    {
        var walk = new MpdWalk(document);
        while (true)
        {
            switch (walk.Read())
            {
                case MpdStep.Open:
                    if (walk.Root != DashElement.Mpd) return false;
                    Open(ref walk);
                    break;
                case MpdStep.Close:
                    ref readonly var frame = ref _frames[walk.Depth];
                    if (frame.Inside is Inside.BaseUrl or Inside.PatchLocation && !walk.IsImplied) TakeUrl(frame, walk.ContentStart, walk.ContentEnd);
                    break;
                default:
                    return Root is not null && walk.Outcome == DashOutcome.Unchanged;
            }
        }
    }

    private void Open(ref MpdWalk walk)
    {
        ref readonly var above = ref _frames[walk.Depth - 1];
        ref var frame = ref _frames[walk.Depth];
        frame = new Frame { Level = above.Level, Segments = above.Segments, Pattern = above.Pattern };
        frame.Inside = Classify(above.Inside, ref frame, ref walk);
    }

    private Inside Classify(Inside above, ref Frame frame, ref MpdWalk walk)
    {
        switch (above)
        {
            case Inside.Nothing:
                if (Root is not null) return Inside.Other;
                Root = frame.Level = new MpdLevel(DashElement.Mpd, null, Attributes(ref walk));
                return Inside.Level;
            case Inside.Level:
                return ClassifyInLevel(ref frame, ref walk);
            case Inside.Segments:
                return ClassifyInSegments(ref frame, ref walk);
            case Inside.Timeline when walk.Local.SequenceEqual("S"u8):
                frame.Segments!.AddStep(ReadStep(ref walk, frame.Segments));
                return Inside.Other;
            case Inside.Timeline when walk.Local.SequenceEqual("Pattern"u8):
                frame.Pattern = frame.Segments!.AddPattern(Encoding.UTF8.GetString(walk.AttributeOf("id"u8)));
                return Inside.Pattern;
            case Inside.Pattern when walk.Local.SequenceEqual("P"u8):
                var step = ReadStep(ref walk, frame.Segments!);
                frame.Pattern!.Add(step.Duration, step.Repeat);
                return Inside.Other;
            default:
                return Inside.Other;
        }
    }

    private readonly Inside ClassifyInLevel(ref Frame frame, ref MpdWalk walk)
    {
        var level = frame.Level!;
        switch (walk.Element)
        {
            case DashElement.Period when level.Kind == DashElement.Mpd:
            case DashElement.AdaptationSet when level.Kind == DashElement.Period:
            case DashElement.Representation when level.Kind == DashElement.AdaptationSet:
                frame.Level = new MpdLevel(walk.Element, level, Attributes(ref walk));
                level.Children.Add(frame.Level);
                return Inside.Level;
            case DashElement.BaseUrl when level.BaseUrls.Count < MpdLevel.MaxBases:
                frame.Early = Attributes(ref walk).GetValueOrDefault("availabilityTimeOffset");
                return Inside.BaseUrl;
            case DashElement.PatchLocation when level.Kind == DashElement.Mpd && level.PatchLocations.Count < MpdLevel.MaxPatchLocations:
                return Inside.PatchLocation;
            case DashElement.SegmentTemplate:
                level.SegmentTemplate = frame.Segments = new MpdSegments(Above(level, l => l.SegmentTemplate), Attributes(ref walk));
                return Inside.Segments;
            case DashElement.SegmentList:
                level.SegmentList = frame.Segments = new MpdSegments(Above(level, l => l.SegmentList), Attributes(ref walk));
                return Inside.Segments;
            case DashElement.SegmentBase:
                level.SegmentBase = frame.Segments = new MpdSegments(Above(level, l => l.SegmentBase), Attributes(ref walk));
                return Inside.Segments;
            case DashElement.Property when walk.AttributeOf("schemeIdUri"u8).SequenceEqual("http://dashif.org/guidelines/trickmode"u8):
                level.IsTrickPlay = true;
                return Inside.Other;
            default:
                return Inside.Other;
        }
    }

    private readonly Inside ClassifyInSegments(ref Frame frame, ref MpdWalk walk)
    {
        var segments = frame.Segments!;
        switch (walk.Element)
        {
            case DashElement.Initialization:
                segments.OwnInitialization = Attributes(ref walk);
                return Inside.Other;
            case DashElement.SegmentUrl:
                (segments.OwnItems ??= []).Add(ReadItem(ref walk));
                return Inside.Other;
            case DashElement.SegmentTimeline:
                segments.OwnTimeline = [];
                return Inside.Timeline;
            default:
                return Inside.Other;
        }
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

    private readonly void TakeUrl(Frame frame, int start, int end)
    {
        var raw = document.AsSpan(start, end - start);
        var spelling = raw.IndexOf((byte)'<') < 0 ? DashSpelling.Text : DashSpelling.Mixed;
        var text = Decode(raw, spelling).Trim();
        if (text.Length == 0) return;
        if (frame.Inside == Inside.PatchLocation) frame.Level!.PatchLocations.Add(text);
        else frame.Level!.BaseUrls.Add(new MpdLevel.Alternative(text, frame.Early));
    }

    private readonly Dictionary<string, string> Attributes(ref MpdWalk walk)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var attributes = new XmlAttributes(document, walk.Attributes); attributes.Read() && found.Count < DashLimits.Attributes;)
        {
            if (attributes.Name.IndexOf((byte)':') < 0) found.TryAdd(Encoding.UTF8.GetString(attributes.Name), Decode(attributes.Value, DashSpelling.DoubleQuoted));
        }

        return found;
    }

    private readonly MpdSegments.Step ReadStep(ref MpdWalk walk, MpdSegments segments)
    {
        long? time = null;
        long duration = 0;
        long repeat = 0;
        long parts = 1;
        long entry = 0;
        SegmentPattern? pattern = null;
        for (var attributes = new XmlAttributes(document, walk.Attributes); attributes.Read();)
        {
            var name = attributes.Name;
            if (name.SequenceEqual("p"u8))
            {
                pattern = segments.PatternOf(Encoding.UTF8.GetString(attributes.Value));
                continue;
            }

            if (name.Length > 2 || !Utf8Parser.TryParse(attributes.Value, out long value, out _)) continue;
            value = Math.Clamp(value, -1, long.MaxValue / 4);
            if (name.SequenceEqual("t"u8)) time = value;
            else if (name.SequenceEqual("d"u8)) duration = value;
            else if (name.SequenceEqual("r"u8)) repeat = value;
            else if (name.SequenceEqual("k"u8)) parts = value;
            else if (name.SequenceEqual("pE"u8)) entry = value;
        }

        return new MpdSegments.Step(time, duration, repeat, (int)Math.Clamp(parts, 1, 1000)) { Pattern = pattern, PatternEntry = entry };
    }

    private readonly ListTrack.Item ReadItem(ref MpdWalk walk)
    {
        var item = default(ListTrack.Item);
        for (var attributes = new XmlAttributes(document, walk.Attributes); attributes.Read();)
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

    private struct Frame
    {
        public Inside Inside;
        public MpdLevel? Level;
        public MpdSegments? Segments;
        public SegmentPattern? Pattern;

        /// <summary>BaseURL@availabilityTimeOffset.</summary>
        public string? Early;
    }
}

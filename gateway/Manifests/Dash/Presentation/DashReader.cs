using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Gateway.Media;
using Gateway.Origin;
using Gateway.Timelines;

namespace Gateway.Manifests.Dash.Presentation;

/// <summary>
/// Parses an MPD: its segments, their addresses and availability times (ISO/IEC 23009-1 §5.3.9, DASH-IF timing model). The result is immutable
/// and the same for all sessions.
/// </summary>
/// <remarks>Memory is bounded by the size of the document: times are kept per S element, addresses as places in the document.</remarks>
internal sealed class DashReader
{
    /// <summary>Representations that are followed; a real MPD has tens, one of many Periods hundreds.</summary>
    public const int MaxRepresentations = 2048;

    private readonly byte[] _document;
    private readonly UpstreamTable _upstreams;
    private readonly string _cluster;
    private readonly Uri _url;
    private readonly DateTimeOffset _fetchedAt;
    private readonly MpdLevel _root;
    private readonly bool _isDynamic;
    private long _baseChars;
    private readonly List<DashRepresentation> _representations = [];

    private DashReader(byte[] document, UpstreamTable upstreams, string cluster, Uri url, DateTimeOffset fetchedAt, MpdLevel root)
    {
        _document = document;
        _upstreams = upstreams;
        _cluster = cluster;
        _url = url;
        _fetchedAt = fetchedAt;
        _root = root;
        _isDynamic = string.Equals(root.Attributes.GetValueOrDefault("type"), "dynamic", StringComparison.Ordinal);
    }

    /// <summary>Reads an MPD.</summary>
    /// <param name="document">As upstream sent it; kept, because the timelines of lists point into it.</param>
    /// <param name="upstreams">The configured clusters.</param>
    /// <param name="cluster">Cluster that it came from.</param>
    /// <param name="url">Its final URL.</param>
    /// <param name="fetchedAt">When it was asked for.</param>
    /// <returns>Null for what is no complete MPD: patches and remote elements have no presentation of their own.</returns>
    public static DashPresentation? Read(byte[] document, UpstreamTable upstreams, string cluster, Uri url, DateTimeOffset fetchedAt)
    {
        var kind = DashEncoding.Detect(document, out var encoding);
        if (kind == DashEncoding.Kind.Refused) return null;
        if (kind == DashEncoding.Kind.Utf16 && !DashEncoding.TryToUtf8(document, encoding, out document)) return null;
        var outline = new MpdOutline(document);
        return outline.TryRead() ? new DashReader(document, upstreams, cluster, url, fetchedAt, outline.Root!).Build() : null;
    }

    private DashPresentation Build()
    {
        var start = _isDynamic ? MediaClock.ParseInstant(_root.Attributes.GetValueOrDefault("availabilityStartTime")) : null;
        var update = Duration("minimumUpdatePeriod");
        var periods = Periods();
        for (var i = 0; i < periods.Count; i++)
        {
            var sets = periods[i].Level.Children;
            for (var set = 0; set < sets.Count; set++)
            {
                foreach (var level in sets[set].Children) Add(level, i, set, periods[i], start);
            }
        }

        return new DashPresentation
        {
            IsDynamic = _isDynamic,
            AvailabilityStart = start,
            PublishTime = MediaClock.ParseInstant(_root.Attributes.GetValueOrDefault("publishTime")),
            MinimumUpdatePeriod = update,
            TimeShiftBufferDepth = Duration("timeShiftBufferDepth"),
            SuggestedPresentationDelay = Duration("suggestedPresentationDelay"),
            Duration = Duration("mediaPresentationDuration"),
            Representations = [.. _representations],
            Timelines = PeriodChains.Of(
                _representations,
                !_isDynamic || (update is null && periods.Count > 0 && periods[^1].Length is not null),
                Duration("maxSegmentDuration"),
                Duration("suggestedPresentationDelay")),
            Ladder = DashLadder.Of(_representations.FindAll(r => r.Alternative == 0)),
            PatchLocations = [.. PatchLocations()],
            Bytes = (_representations.Count * 1024L) + _representations.Select(r => r.Track).Distinct().Sum(t => t.Bytes),
        };
    }

    private IEnumerable<MediaAddress> PatchLocations()
    {
        var from = new ReferenceBase(_upstreams, _cluster, _url);
        foreach (var text in _root.PatchLocations)
        {
            if (from.TryLocate(Encoding.UTF8.GetBytes(text), out var address)) yield return address;
        }
    }

    /// <summary>Where each Period begins and how long it is (ISO/IEC 23009-1 §5.3.2.1). One without a known beginning is not there yet.</summary>
    private List<(MpdLevel Level, TimeSpan Start, TimeSpan? Length)> Periods()
    {
        var found = new List<(MpdLevel Level, TimeSpan Start, TimeSpan? Length)>();
        var levels = _root.Children;
        TimeSpan? end = _isDynamic ? null : TimeSpan.Zero;
        for (var i = 0; i < levels.Count; i++)
        {
            var start = MediaClock.ParseDuration(levels[i].Attributes.GetValueOrDefault("start")) ?? (i == 0 && !_isDynamic ? TimeSpan.Zero : end);
            var length = MediaClock.ParseDuration(levels[i].Attributes.GetValueOrDefault("duration"));
            end = MediaClock.Sum(start, length);
            if (start is not { } begins) continue;

            // The next beginning counts before a duration that runs over it.
            var next = i + 1 < levels.Count ? MediaClock.ParseDuration(levels[i + 1].Attributes.GetValueOrDefault("start")) : null;
            var last = i + 1 == levels.Count ? Duration("mediaPresentationDuration") : null;
            if ((next ?? last) - begins is { } until && until >= TimeSpan.Zero && (length is null || until < length)) length = until;
            end = MediaClock.Sum(begins, length);
            found.Add((levels[i], begins, length));
        }

        return found;
    }

    /// <summary>Adds a Representation once for each of its bases: whichever of them a player asks, what follows lies at the same one.</summary>
    private void Add(MpdLevel level, int period, int set, (MpdLevel Level, TimeSpan Start, TimeSpan? Length) times, DateTimeOffset? availability)
    {
        if (_representations.Count >= MaxRepresentations || _baseChars >= DashLimits.BaseChars) return;
        var bases = level.Bases(_url);
        for (var i = 0; i < bases.Count && _representations.Count < MaxRepresentations; i++)
        {
            // Of the others only those on configured clusters.
            if (i > 0 && (bases[i].Url is not { } url || !_upstreams.TryLocate(url, _cluster, out _))) continue;
            if (TrackOf(level, bases[i], times, availability) is { } track) _representations.Add(Describe(level, period, set, track) with { Alternative = i });
        }
    }

    private DashTrack? TrackOf(MpdLevel level, MpdLevel.Base at, (MpdLevel Level, TimeSpan Start, TimeSpan? Length) times, DateTimeOffset? availability)
    {
        var template = Nearest(level, l => l.SegmentTemplate);
        var list = Nearest(level, l => l.SegmentList);
        var single = Nearest(level, l => l.SegmentBase);
        var segments = template ?? list ?? single;
        var from = at.Url is null ? null : new ReferenceBase(_upstreams, _cluster, at.Url);
        _baseChars += at.Url?.AbsoluteUri.Length ?? 0;
        var id = level.Attributes.GetValueOrDefault("id") ?? "";
        var bandwidth = level.Attributes.GetValueOrDefault("bandwidth") ?? "";
        var clock = new TrackClock
        {
            PeriodStart = times.Start,
            PeriodDuration = times.Length,
            Timescale = Math.Max(segments?.Number("timescale") ?? 1, 1),
            Offset = segments?.Number("presentationTimeOffset") ?? 0,
            AvailabilityStart = availability,
            Early = at.Early + MpdSegments.ParseEarly(segments?["availabilityTimeOffset"]),
            FetchedAt = _fetchedAt,
            Init = InitOf(segments, template, id, bandwidth, from),
        };
        if (template is not null) return OfTemplate(template, clock, template["media"] is { } media ? UrlTemplate.Compile(media, id, bandwidth, from) : null);
        if (list is not null) return OfList(list, clock, from);

        // Without a base the reference would be the MPD itself.
        if (at.Url == _url) return null;
        var file = from is not null && from.TryLocate([], out var found) ? found : (MediaAddress?)null;
        return single is null ? new WholeTrack(clock, file) : new IndexedTrack(clock, file, MpdSegments.ParseRange(single["indexRange"]));
    }

    private DashTrack? OfTemplate(MpdSegments segments, TrackClock clock, UrlTemplate? template)
    {
        var first = segments.Number("startNumber") ?? 1;
        if (segments.Runs(clock, template?.UsesSubNumber ?? false, out var listed, out var parts) is { } runs)
        {
            return new RunsTrack(clock, template, runs, first, parts, listed);
        }

        if (segments["media"] is null) return null;
        if (segments.Number("duration") is not { } duration || duration <= 0) return null;
        return new NumberedTrack(
            clock, template, duration, segments.Number("eptDelta") ?? 0, first, segments.Number("endNumber"), Duration("timeShiftBufferDepth"));
    }

    private ListTrack? OfList(MpdSegments segments, TrackClock clock, ReferenceBase? from)
    {
        if (segments.Items is not { Count: > 0 } items) return null;
        var runs = segments.Runs(clock, split: false, out _, out _);
        if (runs is null)
        {
            var duration = segments.Number("duration") ?? 0;
            if (duration <= 0) duration = clock.PeriodDuration is { } whole ? Math.Max(MediaClock.ToUnits(whole, clock.Timescale), 1) : 1;
            duration = Math.Min(duration, long.MaxValue / 4 / items.Count);
            runs = new SegmentRuns([new SegmentRuns.Run(clock.Offset, duration, items.Count)]);
        }

        var document = _document;
        return new ListTrack(clock, [.. items], runs, segments.Number("startNumber") ?? 1, item => Locate(document, item, from));
    }

    private static MediaAddress? Locate(byte[] document, ListTrack.Item item, ReferenceBase? from)
    {
        var raw = document.AsSpan(item.Start, item.Length);
        if (!XmlValue.IsLiteral(raw, DashSpelling.DoubleQuoted))
        {
            var value = new byte[raw.Length * 2];
            raw = value.AsSpan(0, XmlValue.Decode(raw, DashSpelling.DoubleQuoted, isUtf8: true, value));
        }

        return from is not null && from.TryLocate(raw.Trim(" \t\r\n"u8), out var address) ? address : null;
    }

    private static RangedAddress? InitOf(MpdSegments? segments, MpdSegments? template, string id, string bandwidth, ReferenceBase? from)
    {
        if (from is null) return null;
        if (template?["initialization"] is { } spelled)
        {
            return UrlTemplate.Compile(spelled, id, bandwidth, from)?.Fill(0, 0) is { } filled ? new RangedAddress(filled, null) : null;
        }

        if (segments?.Initialization is not { } element) return null;
        var source = element.GetValueOrDefault("sourceURL") ?? "";
        var range = MpdSegments.ParseRange(element.GetValueOrDefault("range"));
        return from.TryLocate(Encoding.UTF8.GetBytes(source), out var address) ? new RangedAddress(address, range) : null;
    }

    private static DashRepresentation Describe(MpdLevel level, int period, int set, DashTrack track)
    {
        var mime = level.Inherited("mimeType") ?? "";
        var codecs = level.Inherited("codecs") ?? "";
        return new DashRepresentation
        {
            Period = period,
            Set = set,
            SetId = level.Parent!.Attributes.GetValueOrDefault("id") ?? "",
            Id = level.Attributes.GetValueOrDefault("id") ?? "",
            Bandwidth = long.TryParse(level.Attributes.GetValueOrDefault("bandwidth"), NumberStyles.None, CultureInfo.InvariantCulture, out var rate) ? rate : 0,
            Codecs = codecs,
            MimeType = mime,
            ContentType = DashLadder.ContentTypeOf(level.Inherited("contentType"), mime, codecs),
            Language = level.Inherited("lang") ?? "",
            Width = Pixels(level.Inherited("width")),
            Height = Pixels(level.Inherited("height")),
            FrameRate = DashLadder.ParseFrameRate(level.Inherited("frameRate")),
            IsTrickPlay = level.IsTrickPlay || level.Parent.IsTrickPlay,
            Track = track,
        };
    }

    private static int Pixels(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var pixels) ? pixels : 0;

    /// <summary>The element of one kind that applies to a Representation, unless a lower level uses another kind.</summary>
    private static MpdSegments? Nearest(MpdLevel level, Func<MpdLevel, MpdSegments?> select)
    {
        for (MpdLevel? at = level; at is not null; at = at.Parent)
        {
            if (select(at) is { } found) return found;
            if (at.SegmentBase is not null || at.SegmentList is not null || at.SegmentTemplate is not null) return null;
        }

        return null;
    }

    private TimeSpan? Duration(string name) => MediaClock.ParseDuration(_root.Attributes.GetValueOrDefault(name));
}

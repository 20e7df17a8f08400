using Gateway.Timelines;

namespace Gateway.Prefetch;

/// <summary>Where a viewer is in one kind of media: the rendition played, and what was asked for last. The trail's lock protects it.</summary>
/// <param name="strays">What the viewer whose place this was before had done.</param>
internal sealed class TrackedPosition(int strays)
{
    /// <summary>A player asks for a segment again, or loads the last seconds anew in a better rendition: no seek.</summary>
    private const int StepsBack = 2;

    private MediaTimeline? _seen;
    private EntryKind _kindOfEntry;
    private int _index;
    private long _sequence;

    public required TrackedManifest Manifest { get; set; }

    /// <summary>Number of the rendition's timeline within its manifest.</summary>
    public required int Ordinal { get; set; }

    /// <summary>What is played here; null where nobody tells.</summary>
    public RenditionKind? Kind { get; init; }

    /// <summary>Tells two players of one viewing from each other, where they give themselves names.</summary>
    public int Player { get; init; }

    public RangedAddress Asked { get; private set; }

    public DateTimeOffset AskedAt { get; private set; }

    /// <summary>Media time at which that ends.</summary>
    public TimeSpan End { get; private set; }

    /// <summary>The viewing's count of asks when this place had its last one, and the one before.</summary>
    public long Turn { get; private set; }

    public long TurnBefore { get; private set; }

    /// <summary>How often in a row the viewer went somewhere else than on.</summary>
    public int Strays { get; private set; } = strays;

    /// <summary>As of the manifest's last version; null when the rendition is in it no more.</summary>
    public MediaTimeline? Timeline => Ordinal < Manifest.Timelines.Count ? Manifest.Timelines[Ordinal] : null;

    /// <summary>Moves to what was just asked for.</summary>
    /// <param name="switched">To another rendition.</param>
    /// <returns>True for a seek or a switch, false for going on, or staying.</returns>
    public bool MoveTo(MediaTimeline timeline, int index, in TimelineEntry entry, in TrackedRequest request, bool switched, long turn)
    {
        var steps = _seen is null ? 0 : StepsTo(timeline, index, entry);
        _seen = timeline;
        _index = index;
        _sequence = entry.Sequence;
        _kindOfEntry = entry.Kind;
        Asked = request.Asked;
        AskedAt = request.At;
        End = entry.Start + entry.Duration;
        TurnBefore = Turn;
        Turn = turn;
        var strayed = switched || steps < -StepsBack || steps > Math.Max(1, request.Segments);
        if (strayed) Strays++;
        else if (steps != 0) Strays = 0;
        return strayed;
    }

    /// <summary>
    /// In the same version of a manifest places are numbers; between versions what was asked last is looked up anew, and where it has left the live window the sequence
    /// numbers tell.
    /// </summary>
    private long StepsTo(MediaTimeline timeline, int index, in TimelineEntry entry)
    {
        if (entry.Kind != _kindOfEntry) return entry.Sequence - _sequence;
        if (ReferenceEquals(timeline, _seen)) return index - _index;
        return timeline.TryFind(Asked.Address, Asked.Range, out var last) ? index - last : entry.Sequence - _sequence;
    }
}

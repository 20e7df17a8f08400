using Gateway.Timelines;

namespace Gateway.Prefetch;

/// <summary>The playback position in one kind of media: the rendition played, and the last request. The tracker's lock protects it.</summary>
/// <param name="strays">Jumps in a row that the replaced position had counted.</param>
internal sealed class TrackedPosition(int strays)
{
    /// <summary>Distance backwards that is no seek: a player requests a segment again, or loads the last seconds anew in a better rendition.</summary>
    private const int StepsBack = 2;

    private MediaTimeline? _seen;
    private EntryKind _kindOfEntry;
    private int _index;
    private long _sequence;

    public required TrackedManifest Manifest { get; set; }

    /// <summary>Number of the rendition's timeline within its manifest.</summary>
    public required int Ordinal { get; set; }

    /// <summary>Kind of media; null where it is not known.</summary>
    public RenditionKind? Kind { get; init; }

    /// <summary>Tells two players of one session from each other, where they name themselves (CMCD sid).</summary>
    public int Player { get; init; }

    public RangedAddress Asked { get; private set; }

    public DateTimeOffset AskedAt { get; private set; }

    /// <summary>Media time at which that ends.</summary>
    public TimeSpan End { get; private set; }

    /// <summary>The session's request count at this position's last request, and at the one before.</summary>
    public long Turn { get; private set; }

    public long TurnBefore { get; private set; }

    /// <summary>Jumps in a row: requests for another segment than the next one.</summary>
    public int Strays { get; private set; } = strays;

    /// <summary>The timeline in the manifest's last version; null when the rendition is not in it any more.</summary>
    public MediaTimeline? Timeline => Ordinal < Manifest.Timelines.Count ? Manifest.Timelines[Ordinal] : null;

    /// <summary>Moves to the requested segment.</summary>
    /// <param name="switched">The request is for another rendition.</param>
    /// <returns>True for a seek or a switch, false for the next segment or the same one.</returns>
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
    /// In the same version of a manifest positions are entry numbers; between versions the last request is looked up anew, and where it has left the live window the sequence
    /// numbers decide.
    /// </summary>
    private long StepsTo(MediaTimeline timeline, int index, in TimelineEntry entry)
    {
        if (entry.Kind != _kindOfEntry) return entry.Sequence - _sequence;
        if (ReferenceEquals(timeline, _seen)) return index - _index;
        return timeline.TryFind(Asked.Address, Asked.Range, out var last) ? index - last : entry.Sequence - _sequence;
    }
}

using Gateway.Media;

namespace Gateway.Timelines;

/// <summary>
/// The entries of one rendition, in playing order: a by-product of scanning its manifest, used by prefetching and adaptation.
/// </summary>
/// <remarks>
/// Immutable, so one instance serves every session and thread. It describes the manifest at the time of its fetch; a reload of a live
/// manifest gives a new timeline. Segments come first in the index space, in playing order; parts and the hint of low-latency HLS follow
/// them, in playing order again, because a player walks either whole segments or parts and <see cref="Next"/> stays on the same track.
/// </remarks>
internal abstract class MediaTimeline
{
    private int _outrun;

    /// <summary>Kind of media, of which a player plays one rendition each; null where its manifest does not tell (a media playlist does not).</summary>
    public RenditionKind? Kind { get; init; }

    /// <summary>The rung of which this is the timeline; null where its manifest does not tell (a media playlist does not), and for what is no rung.</summary>
    public Variant? Rung { get; init; }

    /// <summary>Number of segments, parts and hints.</summary>
    public abstract int Count { get; }

    /// <summary>Whether the manifest is finished: nothing will be added after the last entry.</summary>
    public abstract bool HasEnd { get; }

    /// <summary>Longest duration of a segment that the manifest allows (EXT-X-TARGETDURATION, @maxSegmentDuration or the nominal one).</summary>
    public abstract TimeSpan TargetDuration { get; }

    /// <summary>Longest duration of a part; null without low-latency parts.</summary>
    public virtual TimeSpan? PartTarget => null;

    /// <summary>Sum of all segments listed.</summary>
    public abstract TimeSpan Duration { get; }

    /// <summary>
    /// Index of the segment with which a player begins by default: the first, or for live the one that keeps the distance to the
    /// edge which the manifest asks for. -1 for an empty timeline.
    /// </summary>
    public abstract int StartIndex { get; }

    /// <summary>Whether some of its media lists its segments itself, in an index that is to be read first. Until then, none of them is listed here.</summary>
    public virtual bool AwaitsIndex => false;

    /// <summary>Whether upstream may have segments already that are not listed here, under addresses that can be told.</summary>
    public virtual bool MayBeOutrun => false;

    /// <exception cref="ArgumentOutOfRangeException">The index is not within 0 … <see cref="Count"/> - 1.</exception>
    public abstract TimelineEntry this[int index] { get; }

    /// <summary>Finds what a request is for. With a range, the entry that holds its first byte; without, the first entry at the address.</summary>
    public abstract bool TryFind(MediaAddress address, ByteRange? range, out int index);

    /// <summary>Index of the segment that is playing at a media time; the nearest one outside of the timeline, -1 when it is empty.</summary>
    public abstract int IndexAt(TimeSpan start);

    /// <summary>Index of what plays after an entry: a segment after a segment, a part or the hint after a part. -1 = nothing listed yet.</summary>
    public abstract int Next(int index);

    /// <summary>Where the index lies that must be read before anything is known of what is at an address; null where that is known, or cannot be.</summary>
    public virtual RangedAddress? IndexOf(MediaAddress address) => null;

    /// <summary>The same with what an index lists; itself where it does not await that.</summary>
    public virtual MediaTimeline With(RangedAddress at, SegmentIndex index) => this;

    /// <summary>Whether an address is that of a segment of this rendition, be it listed here, not yet, or no longer, as far as addresses follow a rule.</summary>
    public virtual bool Makes(MediaAddress address) => false;

    /// <summary>Whether an address is that of a segment behind the last one that is listed.</summary>
    public virtual bool IsOutrunBy(MediaAddress address) => false;

    /// <summary>Whether an address is that of the last segment that is listed.</summary>
    public virtual bool IsLastListed(MediaAddress address) => false;

    /// <summary>When upstream will list one more, by its own clock; null where that cannot be told.</summary>
    public virtual DateTimeOffset? NextDue => null;

    /// <summary>Records that a segment after the last listed one is available; true for the first caller.</summary>
    public bool TryMarkOutrun() => Volatile.Read(ref _outrun) == 0 && Interlocked.Exchange(ref _outrun, 1) == 0;

    /// <summary>
    /// Writes what a player asks for after the entry at <paramref name="index"/>: at most <paramref name="count"/> segments or parts, each
    /// preceded by its initialisation section and key where these change. Gaps and what lies on foreign hosts are stepped over. Never goes
    /// beyond the end of the manifest.
    /// </summary>
    /// <param name="index">The entry that was asked for.</param>
    /// <param name="count">Segments or parts wanted.</param>
    /// <param name="next">Gets the result; three elements per segment are always enough.</param>
    /// <returns>Elements written.</returns>
    public int Following(int index, int count, Span<TimelineEntry> next) => Following(index, this[index], count, next);

    /// <summary>The same for a caller that has the entry at <paramref name="index"/> already.</summary>
    public int Following(int index, in TimelineEntry current, int count, Span<TimelineEntry> next) => Collect(Next(index), count, current.Init, current.Key, next);

    /// <summary>Like <see cref="Following(int, int, Span{TimelineEntry})"/>, but beginning with the entry itself, its initialisation section and key included.</summary>
    public int StartingAt(int index, int count, Span<TimelineEntry> next) => Collect(index, count, null, null, next);

    private int Collect(int index, int count, RangedAddress? init, MediaAddress? key, Span<TimelineEntry> next)
    {
        var used = 0;
        for (; index >= 0 && count > 0; index = Next(index))
        {
            var entry = this[index];
            if ((entry.Flags & (EntryFlags.Gap | EntryFlags.Foreign)) != EntryFlags.None) continue;
            if (entry.Init is { } section && section != init && !TryAdd(section.Address, section.Range, EntryKind.Init, entry, next, ref used)) break;
            if (entry.Key is { } secret && secret != key && !TryAdd(secret, null, EntryKind.Key, entry, next, ref used)) break;
            if (used == next.Length) break;
            next[used++] = entry;
            init = entry.Init;
            key = entry.Key;
            count--;
        }

        return used;
    }

    private static bool TryAdd(
        MediaAddress address, ByteRange? range, EntryKind kind, in TimelineEntry of, Span<TimelineEntry> next, ref int used)
    {
        if (used == next.Length) return false;
        next[used++] = new TimelineEntry
        {
            Kind = kind,
            Address = address,
            Range = range,
            Sequence = of.Sequence,
            Start = of.Start,
            AvailableAt = of.AvailableAt,
        };
        return true;
    }
}

using Gateway.Media;

namespace Gateway.Timelines;

/// <summary>
/// The ladders that a session with a bitrate limit was shown, or that were looked up for it, and what they leave out. Thread-safe: a snapshot that is
/// swapped whole under the lock and read without it.
/// </summary>
internal sealed class OfferedLadders
{
    /// <summary>HLS and DASH of a title, and some to spare; the one read longest ago is dropped.</summary>
    private const int MaxLadders = 8;

    private readonly Lock _lock = new();
    private volatile (MediaAddress Ladder, LadderOffer Offer)[] _known = [];
    private volatile bool _sought;

    /// <summary>Whether the title's ladders were looked for already; once is enough.</summary>
    public bool Sought
    {
        get => _sought;
        set => _sought = value;
    }

    public void Take(MediaAddress ladder, LadderOffer offer)
    {
        lock (_lock)
        {
            var known = _known;
            if (Array.Exists(known, k => k.Ladder == ladder && ReferenceEquals(k.Offer, offer))) return;
            var others = Array.FindAll(known, k => k.Ladder != ladder);
            _known = [(ladder, offer), .. others.Length < MaxLadders ? others : others[..^1]];
        }
    }

    /// <summary>The verdict on a playlist.</summary>
    public OfferVerdict Judge(MediaAddress playlist)
    {
        var verdict = OfferVerdict.Unknown;
        foreach (var (ladder, offer) in _known)
        {
            if (ladder == playlist || offer.Shown.Contains(playlist)) return OfferVerdict.Shown;
            if (offer.Withheld.Contains(playlist)) verdict = OfferVerdict.Withheld;
        }

        return verdict;
    }

    /// <summary>
    /// The verdict on a segment, by MPDs alone: those of a media playlist stand in none that was read here. One that no MPD lists, because it came after the
    /// viewer loaded it or had left the window before, belongs to the rendition whose template makes its address.
    /// </summary>
    public OfferVerdict JudgeSegment(MediaAddress segment, ByteRange? range)
    {
        var known = _known;
        var verdict = OfferVerdict.Unknown;
        foreach (var (_, offer) in known)
        {
            if (LadderOffer.Lists(offer.Timelines, segment, range)) return OfferVerdict.Shown;
            if (LadderOffer.Lists(offer.Whole, segment, range)) verdict = OfferVerdict.Withheld;
        }

        if (verdict != OfferVerdict.Unknown) return verdict;
        foreach (var (_, offer) in known)
        {
            if (LadderOffer.Makes(offer.Timelines, segment)) return OfferVerdict.Unknown;
            if (LadderOffer.Makes(offer.Whole, segment)) verdict = OfferVerdict.Withheld;
        }

        return verdict;
    }

    /// <summary>The media playlists that are left out, and those that are shown.</summary>
    public (MediaAddress[] Withheld, MediaAddress[] Shown) Playlists()
    {
        var known = _known;
        var shown = known.SelectMany(k => k.Offer.Shown).Distinct().ToArray();
        return ([.. known.SelectMany(k => k.Offer.Withheld).Distinct().Except(shown)], shown);
    }
}

using Gateway.Caching.Store;

namespace Gateway.Caching.Eviction;

/// <summary>
/// The order of eviction. Entries in use are never evicted: their bytes would stay anyway. The others go in this order, and each group by the time of last use: 1. prefetched and never
/// demanded; 2. those of sessions that have ended; 3. those of titles that hold more than their share while others hold something too, until they are within it;
/// 4. everything else.
/// <para>
/// Each group has a list, oldest in front. A use writes a stamp on its entry and touches no list: an entry that comes to the front and was used since it was put
/// in goes to the back of the list where it belongs by then, once. So a hit takes no lock, an eviction costs the same however many objects there are, and the order is that
/// of last use except for entries that were used while they waited. One look takes at most <see cref="MostSteps"/> steps and <see cref="MostVictims"/> entries.
/// </para>
/// The gate protects lists, places and titles; it is taken within a slot's gate, and takes none itself.
/// </summary>
internal sealed class EvictionOrder(long titleShare)
{
    private const int MostSteps = 4096;
    private const int MostVictims = 64;

    private readonly Lock _gate = new();
    private readonly EvictionList _ahead = new();
    private readonly EvictionList _ended = new();
    private readonly EvictionList _ordinary = new();
    private readonly Dictionary<string, TitleUse> _titles = new(StringComparer.Ordinal);
    private int _titlesOverShare;

    /// <summary>An entry was added to a slot.</summary>
    public void Add(CacheSlot cacheSlot, CacheEntry entry)
    {
        lock (_gate)
        {
            if (!_titles.TryGetValue(entry.Title, out var title)) _titles[entry.Title] = title = new TitleUse(entry.Title);
            title.Places++;
            var place = new EvictionPlace(cacheSlot, entry, title);
            entry.Place = place;
            Charge(place, entry.Bytes);
            ListOf(entry).Append(place, entry.LastUsed);
        }
    }

    /// <summary>An entry was removed from its slot.</summary>
    public void Remove(CacheEntry entry)
    {
        lock (_gate)
        {
            if (entry.Place is not { } place) return;
            entry.Place = null;
            place.List?.Remove(place);
            Charge(place, 0);
            if (--place.Title.Places == 0) _titles.Remove(place.Title.Name);
        }
    }

    /// <summary>An entry's rank may have changed, and the bytes that it holds.</summary>
    public void Refresh(CacheEntry entry)
    {
        lock (_gate)
        {
            if (entry.Place is not { List: { } list } place) return;
            Charge(place, entry.Bytes);
            if (ListOf(entry) is var now && now != list) now.Append(place, entry.LastUsed);
        }
    }

    /// <summary>Takes victims in the order of eviction, until they hold the missing bytes, or until a bound of one look is reached.</summary>
    /// <param name="missing">Lowered by what the victims hold.</param>
    /// <param name="usedBefore">Entries used later are spared.</param>
    /// <returns>True when another look may find more.</returns>
    public bool Take(List<EvictionPlace> victims, ref long missing, TimeSpan usedBefore, TimeSpan now)
    {
        lock (_gate)
        {
            var look = new Look(victims, usedBefore, now) { Missing = missing, Steps = MostSteps };
            Walk(_ahead, ref look, onlyOverShare: false);
            Walk(_ended, ref look, onlyOverShare: false);
            if (_titlesOverShare > 0 && _titles.Count > 1 && !TryWithinShares(ref look))
            {
                missing = look.Missing;
                return true;
            }

            Walk(_ordinary, ref look, onlyOverShare: false);
            missing = look.Missing;
            return look.Steps <= 0 || victims.Count > 0 || look.HasMoved;
        }
    }

    /// <summary>
    /// Takes from the titles over their share; false when some of their entries only went to the back, because they were used since they were put in. Those come with the next look, and
    /// before them nothing of any other title: a film that is read for the first time would drive out everything else, entry by entry.
    /// </summary>
    private bool TryWithinShares(ref Look look)
    {
        var hadMoved = look.HasMoved;
        look.HasMoved = false;
        Walk(_ordinary, ref look, onlyOverShare: true);
        var isLater = look.HasMoved && look.Missing > 0;
        look.HasMoved |= hadMoved;
        // The titles within their share may stand in front with more entries than one look has steps: then it is their turn.
        look.Steps = MostSteps;
        return !isLater;
    }

    private void Walk(EvictionList list, ref Look look, bool onlyOverShare)
    {
        var last = list.Last;
        for (var place = list.First; place is not null;)
        {
            if (look.Missing <= 0 || look.Victims.Count >= MostVictims || look.Steps-- <= 0) return;
            // Every entry behind it is newer.
            if (place.Stamp > look.UsedBefore) return;
            var next = place == last ? null : place.Next;
            Weigh(list, place, ref look, onlyOverShare);
            place = next;
        }
    }

    private void Weigh(EvictionList list, EvictionPlace place, ref Look look, bool onlyOverShare)
    {
        var entry = place.Entry;
        var used = entry.LastUsed;
        var belongs = ListOf(entry);
        if (belongs != list)
        {
            belongs.Append(place, used);
            look.HasMoved = true;
        }
        else if (onlyOverShare && !IsOverShare(place.Title))
        {
            // Its turn comes with the others.
        }
        else if (!entry.Body.IsComplete || entry.Body.InUse)
        {
            list.Append(place, look.Now);
        }
        else if (used > place.Stamp)
        {
            list.Append(place, used);
            look.HasMoved = true;
        }
        else
        {
            list.Remove(place);
            look.Missing -= entry.Bytes;
            Charge(place, 0);
            look.Victims.Add(place);
        }
    }

    private EvictionList ListOf(CacheEntry entry) => entry.IsUntouched ? _ahead : entry.IsDemoted ? _ended : _ordinary;

    private bool IsOverShare(TitleUse title) => title.Bytes > titleShare && _titles.Count > 1;

    private void Charge(EvictionPlace place, long bytes)
    {
        var title = place.Title;
        var before = title.Bytes > titleShare;
        title.Bytes += bytes - place.Bytes;
        place.Bytes = bytes;
        if (title.Bytes > titleShare != before) _titlesOverShare += before ? -1 : 1;
    }

    private ref struct Look(List<EvictionPlace> victims, TimeSpan usedBefore, TimeSpan now)
    {
        public readonly List<EvictionPlace> Victims => victims;

        public readonly TimeSpan UsedBefore => usedBefore;

        public readonly TimeSpan Now => now;

        public long Missing;

        public int Steps;

        public bool HasMoved;
    }
}

namespace Gateway.Caching.Eviction;

/// <summary>An intrusive list of places in the order of their stamps, oldest first; used under the gate of the <see cref="EvictionOrder"/>.</summary>
internal sealed class EvictionList
{
    public EvictionPlace? First { get; private set; }

    public EvictionPlace? Last { get; private set; }

    /// <summary>Moves a place to the end, from whatever list it was in.</summary>
    /// <param name="used">Its stamp; not before that of the one in front.</param>
    public void Append(EvictionPlace place, TimeSpan used)
    {
        place.List?.Remove(place);
        place.Stamp = Last is { } last && last.Stamp > used ? last.Stamp : used;
        place.List = this;
        place.Previous = Last;
        if (Last is null) First = place;
        else Last.Next = place;
        Last = place;
    }

    public void Remove(EvictionPlace place)
    {
        if (place.Previous is { } previous) previous.Next = place.Next;
        else First = place.Next;
        if (place.Next is { } next) next.Previous = place.Previous;
        else Last = place.Previous;
        place.List = null;
        place.Next = place.Previous = null;
    }
}

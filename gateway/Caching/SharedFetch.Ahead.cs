namespace Gateway.Caching;

/// <content>What was started ahead of demand: how it is given up, and how its waiting for a client ends.</content>
internal sealed partial class SharedFetch
{
    /// <summary>
    /// Whoever had it started ahead no longer wants it: it is given up unless somebody has joined, or most of it is in. From now on its readers decide, as with a fetch
    /// that a client started; so what was wanted until it took too long (<see cref="PrefetchEnding.Failed"/>) lingers, for its viewer will ask any moment.
    /// </summary>
    /// <param name="ending">What it counts as, if it is given up.</param>
    public void Abandon(PrefetchEnding ending)
    {
        _givenUpAs = ending;
        _abandoned = true;
        if (ending != PrefetchEnding.Failed || Body.IsRead || !TryLinger()) GiveUpIfDeserted();
    }

    private void Land(CellarEntry entry)
    {
        if (!_kept || Body.IsGivenUp) EndWait(_givenUpAs);
        else if (entry.TryLand(Body.Available)) _parts.AddUnused(Body.Available);
    }

    private void EndWait(PrefetchEnding ending)
    {
        if (_entry is { } entry) _parts.EndWait(entry, ending);
        else _parts.AheadEnded?.Invoke(ending, 0);
    }
}

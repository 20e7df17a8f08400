namespace Gateway.Caching.Fetching;

/// <summary>The starter's handle on a prefetch: one fetch, or one for each slice of a large file.</summary>
internal sealed class PrefetchHandle
{
    private readonly SharedFetch _fetch;
    private readonly List<SharedFetch>? _further;

    /// <param name="fetches">At least one, running already.</param>
    public PrefetchHandle(params ReadOnlySpan<SharedFetch> fetches)
    {
        _fetch = fetches[0];
        if (fetches.Length == 1) return;
        _further = [.. fetches[1..]];
    }

    /// <summary>Completes, never faulted, when all fetches are over, whatever their outcome.</summary>
    public Task Over => _further is null ? _fetch.Over : Task.WhenAll([_fetch.Over, .. _further.Select(f => f.Over)]);

    /// <summary>Cancels the prefetch, unless a client has joined or most of it is in. May come at any time, also when it is over.</summary>
    /// <param name="ending">The outcome to count, if it is cancelled.</param>
    public void Abandon(PrefetchEnding ending)
    {
        _fetch.Abandon(ending);
        if (_further is null) return;
        foreach (var fetch in _further) fetch.Abandon(ending);
    }
}

namespace Gateway.Caching.Fetching;

/// <summary>Told when something fetched ahead met its end, once for each, with the bytes that had come. May be called from any thread, and must not wait.</summary>
internal delegate void PrefetchEnded(PrefetchEnding ending, long bytes);

namespace Gateway.Caching.Fetching;

/// <summary>Called when a prefetch has ended, once for each, with the bytes that had arrived. It may come from any thread, and must not wait.</summary>
internal delegate void PrefetchEnded(PrefetchEnding ending, long bytes);

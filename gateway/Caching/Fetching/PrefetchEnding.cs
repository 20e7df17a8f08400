namespace Gateway.Caching.Fetching;

/// <summary>What became of something fetched ahead, as the cellar sees it.</summary>
internal enum PrefetchEnding
{
    /// <summary>A client asked for it.</summary>
    Used,

    /// <summary>It went before anybody asked for it.</summary>
    Wasted,

    /// <summary>Its fetch failed, broke, took too long, or brought nothing that may be kept.</summary>
    Failed,

    /// <summary>It was given up while under way: whoever wanted it went elsewhere, or memory was short.</summary>
    GivenUp,
}

namespace Gateway.Caching.Store;

/// <summary>State of a <see cref="MediaBody"/>; all ends are final.</summary>
internal enum BodyState
{
    Growing,
    Complete,
    Broken,

    /// <summary>The fetch was given up: nobody joins, whatever bytes still come in.</summary>
    GivenUp,
}

namespace Gateway.Caching.Store;

/// <summary>Where a <see cref="MediaBody"/> is in its life; all ends are final.</summary>
internal enum BodyState
{
    Growing,
    Complete,
    Broken,

    /// <summary>Nobody wanted it any more: nobody joins it, whatever comes in yet.</summary>
    GivenUp,
}

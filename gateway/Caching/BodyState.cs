namespace Gateway.Caching;

/// <summary>Where a <see cref="MediaBody"/> is in its life; both ends are final.</summary>
internal enum BodyState
{
    Growing,
    Complete,
    Broken,
}

namespace Gateway.Manifests.Dash.Presentation;

/// <summary>Counts the elements that are looked at for one patch: many operations on a long MPD multiply.</summary>
internal sealed class PatchWork
{
    private const int MaxLooks = 4_000_000;

    private int _looks;

    /// <summary>One more; false beyond the bound.</summary>
    public bool TryLook() => ++_looks <= MaxLooks;
}

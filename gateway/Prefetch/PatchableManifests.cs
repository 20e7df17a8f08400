using Gateway.Media;

namespace Gateway.Prefetch;

/// <summary>
/// The MPDs of a viewing that name patches of themselves (MPD/PatchLocation). A patch says nothing of what it is relative to: it is read together with the MPD that it
/// changes. Thread-safe: a snapshot that is swapped whole under the lock and read without it.
/// </summary>
internal sealed class PatchableManifests
{
    /// <summary>The programme, and what is played in between.</summary>
    private const int MaxManifests = 4;

    private readonly Lock _lock = new();
    private volatile PatchableManifest[] _known = [];

    /// <summary>Takes note of an MPD that was handed to the viewer, or of what a patch made of it.</summary>
    public void Take(PatchableManifest manifest)
    {
        lock (_lock)
        {
            var others = Array.FindAll(_known, k => k.Address != manifest.Address);
            _known = [manifest, .. others.Length < MaxManifests ? others : others[..^1]];
        }
    }

    /// <summary>The MPD that a patch changes; null when this viewing was not shown it, at this node.</summary>
    public PatchableManifest? Find(MediaAddress patch)
    {
        foreach (var known in _known)
        {
            if (known.Patches.Contains(patch)) return known;
        }

        return null;
    }
}

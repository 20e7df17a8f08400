using Gateway.Media;

namespace Gateway.Prefetch;

/// <summary>
/// The MPDs of a session that name patches of themselves (MPD/PatchLocation). A patch does not tell what it is relative to: it is read together with the MPD that it
/// changes. Thread-safe: a snapshot that is swapped whole under the lock and read without it.
/// </summary>
internal sealed class PatchableManifests
{
    /// <summary>Most MPDs: the programme's, and one played in between.</summary>
    private const int MaxManifests = 4;

    private readonly Lock _lock = new();
    private volatile PatchableManifest[] _known = [];

    /// <summary>Records an MPD that was sent to the player, or its next version after a patch.</summary>
    public void Take(PatchableManifest manifest)
    {
        lock (_lock)
        {
            var others = Array.FindAll(_known, k => k.Address != manifest.Address);
            _known = [manifest, .. others.Length < MaxManifests ? others : others[..^1]];
        }
    }

    /// <summary>The MPD that a patch changes; null when this session has not loaded it at this node.</summary>
    public PatchableManifest? Find(MediaAddress patch)
    {
        foreach (var known in _known)
        {
            if (known.Patches.Contains(patch)) return known;
        }

        return null;
    }
}

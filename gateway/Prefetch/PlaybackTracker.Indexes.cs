using Gateway.Adaptation;
using Gateway.Caching;
using Gateway.Media;
using Gateway.Timelines;

namespace Gateway.Prefetch;

/// <content>Media whose segments are listed in the file itself: what the viewer asks of it waits until somebody has read that index.</content>
internal sealed partial class PlaybackTracker
{
    private volatile bool _awaitsIndexes;

    /// <summary>Whether any manifest names files whose indexes were not read so far; read without the lock, so that who plays nothing of the kind does not pay for it.</summary>
    public bool AwaitsIndexes => _awaitsIndexes;

    /// <summary>
    /// The wait for the index that must be read before anything follows from what was asked for; null where nothing is waited for. Of those who ask meanwhile the
    /// last is remembered: where the viewer is when the index is read.
    /// </summary>
    /// <param name="wanted">What was asked for.</param>
    /// <param name="bytes">Its length, where that is known.</param>
    /// <param name="report">What the player said with it.</param>
    /// <param name="isFirst">Whether it is this caller who has the index read. True once for each loading of the manifest.</param>
    public IndexWait? Await(CacheRequest wanted, long? bytes, CmcdReport? report, out bool isFirst)
    {
        isFirst = false;
        lock (_lock)
        {
            if (AwaitingUnderLock(wanted.Address, out var index) is not { } manifest) return null;
            var wait = manifest.Waits.Find(w => w.Index == index);
            if (wait is null)
            {
                isFirst = true;
                manifest.Waits.Add(wait = new IndexWait(index));
            }

            wait.Last = new PlayerRequest(wanted, bytes, report);
            return wait;
        }
    }

    /// <summary>An index was read.</summary>
    /// <returns>What was asked for last while it was waited for.</returns>
    public PlayerRequest Indexed(IndexWait wait, SegmentIndex index)
    {
        lock (_lock)
        {
            // Whichever manifests name it: a reload may have put a new version in the place of the one that was asked from.
            foreach (var manifest in _manifests) manifest.Indexed(wait.Index, index);
            NoteIndexesUnderLock();
            return wait.Last;
        }
    }

    private void NoteIndexesUnderLock() => _awaitsIndexes = _manifests.Exists(static m => m.AwaitsIndexes);

    private TrackedManifest? AwaitingUnderLock(MediaAddress asked, out RangedAddress index)
    {
        foreach (var manifest in _manifests)
        {
            if (manifest.TryFindIndex(asked, out index)) return manifest;
        }

        index = default;
        return null;
    }
}

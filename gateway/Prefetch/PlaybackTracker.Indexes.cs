using Gateway.Adaptation;
using Gateway.Caching;
using Gateway.Media;
using Gateway.Timelines;

namespace Gateway.Prefetch;

/// <content>Media whose segments are listed in the file itself: prefetching for a request waits until that index has been read.</content>
internal sealed partial class PlaybackTracker
{
    private volatile bool _awaitsIndexes;

    /// <summary>Whether any manifest names files whose indexes were not read so far; read without the lock, so that other sessions do not pay for it.</summary>
    public bool AwaitsIndexes => _awaitsIndexes;

    /// <summary>
    /// The wait for the index that must be read before a request tells what comes next; null where there is no wait. Of the requests that come meanwhile the
    /// last is kept: the viewer's position when the index is read.
    /// </summary>
    /// <param name="wanted">The requested object.</param>
    /// <param name="bytes">Its length, where that is known.</param>
    /// <param name="report">The request's CMCD.</param>
    /// <param name="isFirst">Whether this caller has to read the index. True once for each loading of the manifest.</param>
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

    /// <summary>Takes an index that was read.</summary>
    /// <returns>The last request that waited for it.</returns>
    public PlayerRequest Indexed(IndexWait wait, SegmentIndex index)
    {
        lock (_lock)
        {
            // Every manifest that names the file gets it: a reload may have replaced the version that the request was made from.
            foreach (var manifest in _manifests) manifest.Indexed(wait.Index, index);
            _version++;
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

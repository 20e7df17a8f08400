using Gateway.Manifests.Timeline;
using Gateway.Origin;

namespace Gateway.Prefetch;

/// <summary>A manifest that a viewer has loaded, in its last version. The timelines are shared by all viewers. The trail's lock protects it.</summary>
internal sealed class TrailManifest(MediaAddress address)
{
    private IReadOnlyList<MediaTimeline> _loaded = [];

    public MediaAddress Address => address;

    /// <summary>As loaded, with the indexes that were read since.</summary>
    public IReadOnlyList<MediaTimeline> Timelines { get; private set; } = [];

    /// <summary>Whether indexes are to be read before all of its media is known.</summary>
    public bool AwaitsIndexes { get; private set; }

    /// <summary>Indexes that are being read, or could not be.</summary>
    public List<IndexWait> Waits { get; } = [];

    /// <summary>Takes the timelines of a version. What could not be read for the last loading is tried again.</summary>
    public void Load(IReadOnlyList<MediaTimeline> timelines)
    {
        Waits.Clear();
        if (ReferenceEquals(timelines, _loaded)) return;
        _loaded = timelines;
        Timelines = timelines;
        AwaitsIndexes = timelines.Any(t => t.AwaitsIndex);
    }

    public void Indexed(RangedAddress at, SegmentIndex index)
    {
        if (!AwaitsIndexes) return;
        Timelines = [.. Timelines.Select(t => t.With(at, index))];
        Waits.RemoveAll(w => w.Index == at);
        AwaitsIndexes = Timelines.Any(t => t.AwaitsIndex);
    }

    public bool TryFindIndex(MediaAddress asked, out RangedAddress index)
    {
        index = default;
        if (!AwaitsIndexes) return false;
        foreach (var timeline in Timelines)
        {
            if (timeline.IndexOf(asked) is not { } awaited) continue;
            index = awaited;
            return true;
        }

        return false;
    }

    public bool TryFind(MediaAddress asked, ByteRange? range, out int ordinal, out int index)
    {
        for (ordinal = 0; ordinal < Timelines.Count; ordinal++)
        {
            if (Timelines[ordinal].TryFind(asked, range, out index)) return true;
        }

        index = -1;
        return false;
    }
}

using Gateway.Media;
using Gateway.Timelines;

namespace Gateway.Prefetch;

/// <summary>A manifest that a session has loaded, in its last version. All sessions share the timelines. The tracker's lock protects it.</summary>
internal sealed class TrackedManifest(MediaAddress address)
{
    private IReadOnlyList<MediaTimeline> _loaded = [];

    public MediaAddress Address => address;

    /// <summary>The timelines as loaded, with the indexes that were read since.</summary>
    public IReadOnlyList<MediaTimeline> Timelines { get; private set; } = [];

    /// <summary>Whether indexes are to be read before all of its media is known.</summary>
    public bool AwaitsIndexes { get; private set; }

    /// <summary>Whether the manifest is live: it lists the segments so far, and more will come.</summary>
    public bool IsLiveList { get; private set; }

    /// <summary>Time at which one more segment will be listed, by upstream's clock.</summary>
    public DateTimeOffset? NextDue { get; private set; }

    /// <summary>Identifies the version; 0 where it is not known.</summary>
    public UInt128 Version { get; private set; }

    /// <summary>Time at which it was last sent to the player.</summary>
    public DateTimeOffset LoadedAt { get; private set; }

    /// <summary>Whether the player has requested the last segment of a live list, or one behind it: only a newer version lists more.</summary>
    public bool IsExhausted { get; set; }

    /// <summary>Indexes that are being read, or could not be.</summary>
    public List<IndexWait> Waits { get; } = [];

    /// <summary>Takes the timelines of a version. Indexes that could not be read for the last loading are tried again.</summary>
    public void Load(IReadOnlyList<MediaTimeline> timelines, UInt128 version, DateTimeOffset at)
    {
        Waits.Clear();
        LoadedAt = at;
        IsExhausted &= version == Version;
        Version = version;
        if (ReferenceEquals(timelines, _loaded)) return;
        _loaded = timelines;
        Timelines = timelines;
        AwaitsIndexes = timelines.Any(t => t.AwaitsIndex);
        IsLiveList = timelines.Any(t => t.MayBeOutrun);
        NextDue = timelines.Min(t => t.NextDue);
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

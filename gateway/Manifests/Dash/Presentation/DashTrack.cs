using Gateway.Media;
using Gateway.Timelines;

namespace Gateway.Manifests.Dash.Presentation;

/// <summary>The segments of one Representation in one Period. Immutable; entries are made on request.</summary>
internal abstract class DashTrack(TrackClock clock)
{
    public TrackClock Clock { get; } = clock;

    public abstract int Count { get; }

    /// <summary>Nominal or longest duration of a segment.</summary>
    public abstract TimeSpan TargetDuration { get; }

    /// <summary>Presentation time at which the last segment ends; the beginning of the Period without any.</summary>
    public abstract TimeSpan End { get; }

    /// <summary>Bytes of memory beyond a few hundred.</summary>
    public virtual long Bytes => 0;

    public abstract TimelineEntry At(int index);

    public abstract bool TryFind(MediaAddress address, ByteRange? range, out int index);

    /// <summary>Whether a template made an address, of a segment of whatever time.</summary>
    public virtual bool Makes(MediaAddress address) => false;

    /// <summary>Index of the segment that is playing at a presentation time; the nearest one outside, -1 when there are none.</summary>
    public abstract int IndexAt(TimeSpan presentation);
}

using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using Gateway.Manifests.Timeline;
using Gateway.Origin;

namespace Gateway.Prefetch;

/// <summary>
/// Where one viewer is: the timelines of the manifests that the viewer has loaded, most recently used first, and the entry last asked for
/// in each. It turns "this resource was asked for" into "these will be asked for next".
/// </summary>
/// <remarks>
/// Called by concurrent requests of one viewing (audio beside video, parallel connections), hence the lock; it protects the list and is
/// held for a bounded search over at most <see cref="MaxTimelines"/> timelines, each a constant-time look-up.
/// Timelines are shared by all viewers of a manifest; a trail holds references only.
/// </remarks>
internal sealed class ViewingTrail
{
    /// <summary>
    /// All renditions of an MPD with a dozen of video, several languages and their subtitles; a viewer who switches more often loses only the
    /// oldest. With 72 bytes for each, a session stays within its 4 KiB.
    /// </summary>
    private const int MaxTimelines = 40;

    /// <summary>Video, audio and subtitles.</summary>
    private const int MaxPlaying = 3;

    private readonly Lock _lock = new();
    private readonly List<Followed> _followed = [];

    /// <summary>Whether a manifest was seen at all: without one, there is nothing to look up.</summary>
    public bool IsEmpty => _followed.Count == 0;

    /// <summary>What kind of manifest the viewer plays from.</summary>
    public StreamingProtocol Protocol { get; private set; }

    /// <summary>Variables of the multivariant playlist that the viewer loaded, which its media playlists may import.</summary>
    public FrozenDictionary<string, string> Variables { get; set; } = FrozenDictionary<string, string>.Empty;

    /// <summary>Takes note of the timelines of a manifest that was just handed to the viewer; those of its last version are replaced.</summary>
    public void Loaded(StreamingProtocol protocol, MediaAddress manifest, IReadOnlyList<MediaTimeline> timelines)
    {
        Protocol = protocol;
        lock (_lock)
        {
            for (var i = 0; i < timelines.Count && i < MaxTimelines; i++)
            {
                var known = _followed.FindIndex(f => f.Ordinal == i && f.Manifest == manifest);
                if (known >= 0)
                {
                    // A live playlist was reloaded: same rendition, later version; its place in the order stays.
                    _followed[known] = _followed[known] with { Timeline = timelines[i] };
                    continue;
                }

                if (_followed.Count >= MaxTimelines) _followed.RemoveAt(_followed.Count - 1);
                _followed.Insert(Math.Min(i, _followed.Count), new Followed(manifest, i, timelines[i]));
            }
        }
    }

    /// <summary>The first timeline of a manifest that the viewer has loaded, as of its last version.</summary>
    public MediaTimeline? Find(MediaAddress manifest)
    {
        lock (_lock) return _followed.Find(f => f.Manifest == manifest)?.Timeline;
    }

    /// <summary>Whether a loaded manifest lists a resource.</summary>
    public bool Lists(MediaAddress address)
    {
        lock (_lock)
        {
            foreach (var followed in _followed)
            {
                if (followed.Timeline.TryFind(address, null, out _)) return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Finds the entry that a request is for and writes what follows it. Returns 0 for what belongs to no loaded manifest.
    /// </summary>
    public int Following(MediaAddress asked, ByteRange? range, int segments, Span<TimelineEntry> next)
    {
        lock (_lock)
        {
            for (var i = 0; i < _followed.Count; i++)
            {
                var followed = _followed[i];
                if (!followed.Timeline.TryFind(asked, range, out var index)) continue;
                _followed.RemoveAt(i);
                _followed.Insert(0, followed with { LastAsked = new StrongBox<RangedAddress>(new RangedAddress(asked, range)) });
                return followed.Timeline.Following(index, segments, next);
            }
        }

        return 0;
    }

    /// <summary>
    /// What the viewer asked for last in each rendition of a live manifest that is being played: from there it goes on when a reload lists
    /// more. Renditions left behind by a switch are not among them.
    /// </summary>
    public IReadOnlyList<RangedAddress> LastAskedLive(MediaAddress manifest)
    {
        lock (_lock)
        {
            return
            [
                .. _followed.Take(MaxPlaying)
                    .Where(f => f.Manifest == manifest && f is { LastAsked: not null, Timeline.HasEnd: false })
                    .Select(f => f.LastAsked!.Value),
            ];
        }
    }

    /// <summary>The segment or part that a request is for; false for what belongs to no loaded manifest.</summary>
    public bool TryLocate(MediaAddress asked, ByteRange? range, out TimelineEntry entry)
    {
        entry = default;
        lock (_lock)
        {
            foreach (var followed in _followed)
            {
                if (!followed.Timeline.TryFind(asked, range, out var index)) continue;
                entry = followed.Timeline[index];
                return true;
            }
        }

        return false;
    }

    private sealed record Followed(MediaAddress Manifest, int Ordinal, MediaTimeline Timeline)
    {
        /// <summary>Apart, because most renditions are never asked for.</summary>
        public StrongBox<RangedAddress>? LastAsked { get; init; }
    }
}

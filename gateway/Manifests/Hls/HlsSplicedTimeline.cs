using Gateway.Media;
using Gateway.Timelines;

namespace Gateway.Manifests.Hls;

/// <summary>
/// The timeline of a media playlist of which the player has only loaded what is new: runs of segments from the versions before, and behind them the last update with its parts and hint. Versions share
/// their runs, and a version costs its last run and a few words for each other one.
/// </summary>
internal sealed class HlsSplicedTimeline : MediaTimeline
{
    private readonly HlsSegmentRun[] _runs;
    private readonly int[] _firsts;
    private readonly long[] _starts;
    private readonly HlsTimeline _last;

    /// <param name="runs">None empty but the last, which is a whole playlist.</param>
    /// <param name="firstSequence">Media Sequence Number of the first segment.</param>
    public HlsSplicedTimeline(HlsSegmentRun[] runs, long firstSequence)
    {
        _runs = runs;
        _last = runs[^1].Timeline;
        _firsts = new int[runs.Length];
        _starts = new long[runs.Length];
        for (var i = 1; i < runs.Length; i++)
        {
            _firsts[i] = _firsts[i - 1] + runs[i - 1].Count;
            _starts[i] = _starts[i - 1] + runs[i - 1].Ticks;
        }

        FirstSequence = firstSequence;
        SegmentCount = _firsts[^1] + _last.SegmentCount;
        StartIndex = HlsTimeline.ChooseStart(this, SegmentCount, _last.StartOffset, _last.HoldBack);
    }

    public ReadOnlySpan<HlsSegmentRun> Runs => _runs;

    public long FirstSequence { get; }

    public int SegmentCount { get; }

    public override int Count => _firsts[^1] + _last.Count;

    public override bool HasEnd => _last.HasEnd;

    public override TimeSpan TargetDuration => _last.TargetDuration;

    public override TimeSpan? PartTarget => _last.PartTarget;

    public override TimeSpan Duration => TimeSpan.FromTicks(_starts[^1]) + _last.Duration;

    public override int StartIndex { get; }

    /// <summary>Bytes of all runs, those included that other versions share.</summary>
    public long SizeBytes
    {
        get
        {
            long bytes = 0;
            foreach (var run in _runs) bytes += run.Timeline.SizeBytes + run.Timeline.Playlist.Length;
            return bytes;
        }
    }

    public override TimelineEntry this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            var run = _runs.Length - 1;
            while (_firsts[run] > index) run--;
            var (timeline, from, _) = _runs[run];
            var entry = timeline[from + index - _firsts[run]];
            return entry with
            {
                Sequence = entry.Sequence - timeline.FirstSequence - from + FirstSequence + _firsts[run],
                Start = TimeSpan.FromTicks(entry.Start.Ticks - timeline.StartOf(from) + _starts[run]),
            };
        }
    }

    public override int Next(int index) => index + 1 == SegmentCount || index + 1 >= Count ? -1 : index + 1;

    public override int IndexAt(TimeSpan start)
    {
        if (SegmentCount == 0) return -1;
        var run = _runs.Length - 1;
        while (run > 0 && (_runs[run].Count == 0 || _starts[run] > start.Ticks)) run--;
        var (timeline, from, count) = _runs[run];
        var found = timeline.IndexAt(TimeSpan.FromTicks(start.Ticks - _starts[run] + timeline.StartOf(from)));
        return _firsts[run] + Math.Clamp(found - from, 0, count - 1);
    }

    public override bool TryFind(MediaAddress address, ByteRange? range, out int index)
    {
        var hash = AddressHash.Of(address);
        return (range is { } asked && TryFind(address, hash, asked, isExact: true, out index)) || TryFind(address, hash, range, isExact: false, out index);
    }

    private bool TryFind(MediaAddress address, int hash, ByteRange? range, bool isExact, out int index)
    {
        for (var run = 0; run < _runs.Length; run++)
        {
            var (timeline, from, count) = _runs[run];
            var to = run + 1 < _runs.Length ? from + count : timeline.Count;
            if (!timeline.TryFindWithin(address, hash, range, isExact, from, to, out index)) continue;
            index += _firsts[run] - from;
            return true;
        }

        index = -1;
        return false;
    }
}

using System.Globalization;
using Gateway.Load.Links;
using Gateway.Load.Players;

namespace Gateway.Load.Reports;

/// <summary>
/// Watches the players of a run and keeps what the report needs: counters, histograms, the timeline, one row a player. Everything arrives on the loop's thread; the
/// live display reads <see cref="Latest"/>, which is swapped whole.
/// </summary>
internal sealed class RunRecorder(TimeSpan duration) : IPlayerObserver
{
    private readonly Dictionary<int, Viewer> _viewers = [];
    private readonly List<PlayerRow> _rows = [];
    private readonly SortedDictionary<string, RequestFigures> _requests = new(StringComparer.Ordinal);
    private readonly long[] _faults = new long[Enum.GetValues<PlayerFault>().Length];
    private readonly Dictionary<StallCause, (long Count, TimeSpan Time)> _stalls = [];
    private readonly List<(TimeSpan From, TimeSpan To)> _testerStood = [];
    private (long Buffer, long Cache, long Origin, long Unknown) _sources;
    private long _whole;
    private long _compared;
    private int _arrived;
    private int _failed;
    private long _errors;

    public Timeline Timeline { get; } = new(duration);

    /// <summary>Time from wish to picture, in microseconds, of those that have ended or begun.</summary>
    public ValueHistogram StartUp { get; } = new();

    public IReadOnlyList<PlayerRow> Rows => _rows;

    public IReadOnlyCollection<RequestFigures> Requests => _requests.Values;

    /// <summary>Indexed by <see cref="PlayerFault"/>.</summary>
    public IReadOnlyList<long> Faults => _faults;

    public IReadOnlyDictionary<StallCause, (long Count, TimeSpan Time)> Stalls => _stalls;

    /// <summary>Segments by where the gateway says they came from.</summary>
    public (long Buffer, long Cache, long Origin, long Unknown) Sources => _sources;

    /// <summary>Segments and parts that came whole, and those of them whose bytes were compared with what the title is known to hold.</summary>
    public (long Whole, long Compared) Bytes => (_whole, _compared);

    /// <summary>A look at the run, made by <see cref="Look"/>; null before the first.</summary>
    public RunSnapshot? Latest { get; private set; }

    /// <summary>Called when a player has ended, with its ordinal in the run.</summary>
    public Action<int>? Ended { get; set; }

    /// <summary>A player of the plan begins.</summary>
    /// <param name="player">Ordinal in the run.</param>
    /// <param name="ordinal">Ordinal in its scenario.</param>
    /// <param name="intendedStart">By plan.</param>
    /// <param name="stay">From the actual start to the end of its plan.</param>
    public void Arrived(int player, long ordinal, TimeSpan intendedStart, TimeSpan stay)
    {
        _viewers.Add(player, new Viewer(ordinal, intendedStart, stay));
        Timeline.At(intendedStart).Arrived++;
        _arrived++;
    }

    public void PhaseChanged(int player, PlayerPhase from, PlayerPhase to, TimeSpan at)
    {
        Timeline.Move(IsPresent(from) ? from : null, IsPresent(to) ? to : null, at);
        if (to != PlayerPhase.Playing || !_viewers.TryGetValue(player, out var viewer) || viewer.HasStarted) return;
        _viewers[player] = viewer with { HasStarted = true };
        Waited(viewer, at - viewer.IntendedStart);
    }

    public void SegmentLoaded(in SegmentLoad load)
    {
        var total = load.EndedAt - load.SentAt;
        var isFailed = load.End != TransferEnd.Cancelled && (load.End != TransferEnd.Complete || load.Status is < 200 or >= 300 || load.IsTrue == false);
        var figures = FiguresOf(load.Kind switch { TransferKind.Init => "init", TransferKind.Part => "part", _ => "segment" });
        figures.Record(total, load.BeganAt - load.SentAt, isFailed, StatusOf(load.End, load.Status), load.Bytes);
        if (load.Kind == TransferKind.Segment) figures.RecordHeldBack(total, load.Duration);
        var bucket = Count(load.EndedAt, isFailed, load.Bytes);
        if (load.Kind != TransferKind.Init && load.End == TransferEnd.Complete && load.Status is >= 200 and < 300)
        {
            _whole++;
            if (load.IsTrue is not null) _compared++;
        }

        if (isFailed || load.Kind == TransferKind.Init || load.End == TransferEnd.Cancelled) return;
        bucket.Segments++;
        bucket.Segment.Record((long)total.TotalMicroseconds);
        if (load.IsVideo)
        {
            bucket.KbpsSeconds += load.Kbps * load.Duration.TotalSeconds;
            bucket.MediaSeconds += load.Duration.TotalSeconds;
        }

        switch (load.ServedFrom)
        {
            case "buffer": _sources.Buffer++; break;
            case "cache": _sources.Cache++; break;
            case "origin": _sources.Origin++; break;
            default: _sources.Unknown++; break;
        }
    }

    public void Exchanged(int player, Transfer transfer)
    {
        if (transfer.EndedAt is not { } ended) return;
        var isFailed = transfer.End != TransferEnd.Cancelled && (!transfer.Succeeded || FaultKinds.Of(transfer) is not null);
        var kind = transfer.Request.Kind switch { TransferKind.Manifest => "manifest", TransferKind.Control => "control", TransferKind.Init => "init", _ => "other" };
        FiguresOf(kind).Record(ended - transfer.SentAt, transfer.BeganAt - transfer.SentAt, isFailed, StatusOf(transfer.End, transfer.Status), transfer.Received);
        Count(ended, isFailed, transfer.Received);
    }

    public void Finished(PlayerResult result)
    {
        if (!_viewers.Remove(result.Index, out var viewer)) return;
        var row = PlayerRow.Of(result, viewer.Ordinal, result.EndedAt - result.ActualStart >= viewer.Stay) with { TesterStallMs = Math.Round(OfTheTester(result.Stalls).TotalMilliseconds, 3) };
        _rows.Add(row);
        if (!viewer.HasStarted && !row.CutOff) Waited(viewer, TimeSpan.FromMilliseconds(row.WaitedMs));
        var bucket = Timeline.At(result.EndedAt);
        bucket.Ended++;
        if (row.Failed)
        {
            bucket.Failed++;
            _failed++;
        }

        for (var fault = 0; fault < result.Faults.Length && fault < _faults.Length; fault++) _faults[fault] += result.Faults[fault];
        foreach (var stall in result.Stalls)
        {
            var (count, time) = _stalls.GetValueOrDefault(stall.Cause);
            _stalls[stall.Cause] = (count + 1, time + stall.Duration);
        }

        Ended?.Invoke(result.Index);
    }

    /// <summary>The tester itself did nothing from one moment to another; moments only go forward.</summary>
    public void TesterStood(TimeSpan from, TimeSpan to)
    {
        // A tester that is late all the time is refused as a whole; what is kept is bounded all the same.
        if (_testerStood.Count < 100_000) _testerStood.Add((from, to));
    }

    /// <summary>Makes <see cref="Latest"/> new.</summary>
    /// <param name="now">By the run's clock.</param>
    /// <param name="lateness">The tester's own, at the 99th percentile.</param>
    public void Look(TimeSpan now, TimeSpan lateness)
    {
        Timeline.Settle(now);
        // The piece before the present one is whole.
        var bucket = Timeline.At(now > Timeline.Width ? now - Timeline.Width : now);
        Latest = new RunSnapshot
        {
            At = now,
            Arrived = _arrived,
            Ended = _rows.Count,
            Failed = _failed,
            Starting = Timeline.LevelOf(PlayerPhase.Starting),
            Playing = Timeline.LevelOf(PlayerPhase.Playing),
            Stalled = Timeline.LevelOf(PlayerPhase.Stalled) + Timeline.LevelOf(PlayerPhase.Seeking),
            Paused = Timeline.LevelOf(PlayerPhase.Paused),
            MeanKbps = bucket.MediaSeconds > 0 ? bucket.KbpsSeconds / bucket.MediaSeconds : 0,
            StartUpP50 = TimeSpan.FromMicroseconds(StartUp.ValueAt(0.5)),
            StartUpP95 = TimeSpan.FromMicroseconds(StartUp.ValueAt(0.95)),
            Errors = _errors,
            Requests = _requests.Values.Sum(static r => r.Count),
            Segments = _sources.Buffer + _sources.Cache + _sources.Origin + _sources.Unknown,
            BytesPerSecond = bucket.Bytes / Timeline.Width.TotalSeconds,
            Lateness = lateness,
        };
    }

    /// <summary>Of a player's stalls, the time in which what had come may have waited for the tester.</summary>
    private TimeSpan OfTheTester(IReadOnlyList<Stall> stalls)
    {
        var sum = TimeSpan.Zero;
        foreach (var stall in stalls)
        {
            foreach (var (from, to) in _testerStood)
            {
                var (first, last) = (stall.At > from ? stall.At : from, stall.At + stall.Duration < to ? stall.At + stall.Duration : to);
                if (last > first) sum += last - first;
            }
        }

        return sum;
    }

    private static bool IsPresent(PlayerPhase phase) => phase is not (PlayerPhase.Waiting or PlayerPhase.Ended or PlayerPhase.Failed);

    private static string StatusOf(TransferEnd end, int status) =>
        end == TransferEnd.Complete ? status.ToString(CultureInfo.InvariantCulture) : end.ToString();

    private RequestFigures FiguresOf(string name)
    {
        if (!_requests.TryGetValue(name, out var figures)) _requests.Add(name, figures = new RequestFigures(name));
        return figures;
    }

    private TimelineBucket Count(TimeSpan at, bool isFailed, long bytes)
    {
        var bucket = Timeline.At(at);
        bucket.Requests++;
        bucket.Bytes += bytes;
        if (!isFailed) return bucket;
        bucket.Errors++;
        _errors++;
        return bucket;
    }

    // It belongs to the moment when the viewer wanted to see something: so the chart shows when it was bad to come, not when the wait was over.
    private void Waited(in Viewer viewer, TimeSpan waited)
    {
        var microseconds = (long)waited.TotalMicroseconds;
        StartUp.Record(microseconds);
        Timeline.At(viewer.IntendedStart).StartUp.Record(microseconds);
    }

    private readonly record struct Viewer(long Ordinal, TimeSpan IntendedStart, TimeSpan Stay, bool HasStarted = false);
}

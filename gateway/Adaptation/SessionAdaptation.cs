using Gateway.Adaptation.Bandwidth;
using Gateway.Adaptation.Ladders;
using Gateway.Adaptation.Players;
using Gateway.Adaptation.Policy;

namespace Gateway.Adaptation;

/// <summary>
/// What the gateway knows of one session's line and buffer, and what follows from it. It is told of requests, of bodies as they are taken, and of failures, and answers each media
/// request with a decision. It knows no clock: moments come in, by any clock that never goes back.
/// </summary>
/// <remarks>
/// Any thread may call any member: one lock protects the state, only arithmetic is done under it, and nothing is called from it. Calls of parallel bodies may come in any order; a stretch
/// that comes late counts its bytes and no time. An untouched session is measured like any other and decides nothing.
/// </remarks>
internal sealed class SessionAdaptation
{
    /// <summary>60 MB, as hls.js keeps to by itself; browsers take 100 to 150 MB of video.</summary>
    private const double MostHeldKbit = 480_000;

    /// <summary>So long a session counts as beginning, by the time in which its line was busy.</summary>
    private const double StartSeconds = 2;

    /// <summary>Some of them may be given up before they are read.</summary>
    private const int LiftedAnswers = 5;

    private readonly Lock _lock = new();
    private readonly AdaptationPolicy _policy;
    private readonly AdaptationLadder _ladder;
    private readonly BandwidthMonitor _monitor;
    private readonly DeliveryRate _rate = new();
    private readonly BufferModel _buffer = new();
    private readonly InterleavedRequests _interleaved = new();
    private readonly UpstreamDegradation _upstream;
    private readonly SurvivableCap _survivable = new();
    private int _lifts;
    private int _safe = -1;
    private int _auto = -1;
    private int _capKbps;
    private double? _priorKbps;

    public SessionAdaptation(AdaptationPolicy policy, AdaptationLadder ladder, PlayerClass player, bool isUntouched = false)
    {
        _policy = policy;
        _ladder = ladder;
        Player = player;
        IsUntouched = isUntouched;
        _monitor = new BandwidthMonitor(policy.Options);
        _upstream = new UpstreamDegradation(policy.Options.ErrorsBeforeDowngrade, policy.Options.ErrorRecovery);
    }

    public PlayerClass Player { get; }

    /// <summary>Measured, and nothing else.</summary>
    public bool IsUntouched { get; }

    public AdaptationLadder Ladder => _ladder;

    /// <summary>A token's or an operator's limit, kbit/s; 0 = none.</summary>
    public int CapKbps
    {
        get
        {
            lock (_lock) return _capKbps;
        }

        set
        {
            lock (_lock) _capKbps = value;
        }
    }

    /// <summary>What the session's network carried of late, kbit/s; null = nothing is known of it. Told to the player while the session's own line is not known yet.</summary>
    public double? PriorKbps
    {
        get
        {
            lock (_lock) return _priorKbps;
        }

        set
        {
            lock (_lock) _priorKbps = value;
        }
    }

    /// <summary>The monitor's mean, kbit/s; null before there are enough samples.</summary>
    public double? EstimateKbps
    {
        get
        {
            lock (_lock) return _monitor.HasEstimate ? _monitor.AverageKbps : null;
        }
    }

    /// <summary>The monitor's difference of its fastest and slowest sample, kbit/s; null before there are enough samples.</summary>
    public double? JitterKbps
    {
        get
        {
            lock (_lock) return _monitor.HasEstimate ? _monitor.JitterKbps : null;
        }
    }

    /// <summary>What the seed's rule would spend, kbit/s; null before there are enough samples.</summary>
    public double? TargetKbps
    {
        get
        {
            lock (_lock) return _monitor.HasEstimate ? _monitor.TargetKbps : null;
        }
    }

    /// <summary>Media in front of the playhead, seconds; null before anything is known.</summary>
    public double? BufferSecondsAt(TimeSpan at)
    {
        lock (_lock) return _buffer.IsKnown ? _buffer.SecondsAt(at) : null;
    }

    /// <summary>A media request came in: what is to be done with its answer.</summary>
    public AdaptationDecision Demanded(in MediaDemand demand)
    {
        lock (_lock)
        {
            if (demand.IsVideo)
            {
                if (demand.Cmcd?.BufferMs is { } told) _buffer.Reported(demand.At, told);
                _buffer.Asked(demand.At, demand.Start, demand.Duration);
                _interleaved.Asked(demand.At, demand.Start, demand.Duration);
            }

            if (IsUntouched || !demand.IsVideo) return AdaptationDecision.Nothing;
            return Decide(demand);
        }
    }

    /// <summary>The client took a stretch of a body.</summary>
    /// <param name="sample">The stretch.</param>
    /// <param name="of">The request that it answers.</param>
    public void Delivered(in DeliverySample sample, in MediaDemand of)
    {
        lock (_lock)
        {
            _rate.Add(sample);
            if (of.IsVideo) _monitor.Add(sample);
            if (of.IsVideo && sample.IsLast) _buffer.Delivered(sample.At, of.Start, of.Duration);
        }
    }

    /// <summary>A segment that the session asked for failed for good.</summary>
    /// <param name="at">When.</param>
    /// <param name="rung">Of which rung.</param>
    /// <returns>Whether the session goes to a lower rung for it.</returns>
    public bool Failed(TimeSpan at, int rung)
    {
        lock (_lock) return _upstream.Failed(at, rung) && MindsUpstream;
    }

    /// <summary>A segment was sent, or given up by its client.</summary>
    /// <param name="at">When.</param>
    /// <param name="rung">Of which rung.</param>
    /// <param name="arrival">How.</param>
    /// <returns>Whether the session goes to a lower rung because upstream is slow.</returns>
    public bool Arrived(TimeSpan at, int rung, in SegmentArrival arrival)
    {
        lock (_lock) return _upstream.Arrived(at, rung, arrival) && MindsUpstream;
    }

    private bool MindsUpstream => !IsUntouched && _policy.Has(AdaptationLevers.Errors);

    private AdaptationDecision Decide(in MediaDemand demand)
    {
        _upstream.Recover(demand.At, _ladder.Rungs.Length - 1);
        var from = demand.IsAuto ? _auto : _safe;
        var safe = Safe(demand);
        var reason = AdaptationReason.None;
        if (from >= 0 && safe != from) reason = safe < from ? AdaptationReason.BandwidthDrop : AdaptationReason.BandwidthRise;
        if (MindsUpstream && _upstream.Ceiling < safe)
        {
            safe = _upstream.Ceiling;
            if (safe < from) reason = _upstream.Reason;
        }

        if (_capKbps > 0 && _ladder.Within(_capKbps) is var cap && cap < safe)
        {
            safe = cap;
            if (safe < from) reason = AdaptationReason.Cap;
        }

        if (safe == from) reason = AdaptationReason.None;
        _safe = safe;
        if (demand.IsAuto) _auto = safe;
        return new AdaptationDecision
        {
            SafeRung = safe,
            FromRung = from,
            Reason = reason,
            AutoRung = demand.IsAuto ? safe : null,
            MaxKbps = Most(demand, safe),
            ThroughputKbps = StartThroughput(),
            PaceKbps = demand.IsAuto ? Hold(demand, safe) : Pace(demand, safe),
        };
    }

    /// <summary>
    /// The suggested maximum, kbit/s; null for none. An operator's limit is told whether the lever is on or not, and also where nothing is known of the line yet. A player of <c>auto</c> has one rendition: a maximum
    /// below what that declares would leave shaka-player nothing to play.
    /// </summary>
    private int? Most(in MediaDemand demand, int safe)
    {
        if (demand.IsAuto || !PlayerClassifier.TakesCmsd(Player)) return null;
        _survivable.Asked(demand.Rung, _ladder.Rungs.Length, demand.At);
        var isOn = _rate.IsKnown && _policy.Has(AdaptationLevers.Cmsd);
        var held = HeldByUpstream();
        if (!isOn && _capKbps <= 0 && held is null) return null;
        var most = isOn ? safe : Math.Min(_capKbps > 0 ? _ladder.Within(_capKbps) : _ladder.Rungs.Length - 1, held ?? _ladder.Rungs.Length - 1);
        return _ladder.Rungs[SurvivableCap.Concerns(Player) ? _survivable.Above(most, demand.At) : most].Kbps;
    }

    /// <summary>The highest rung while upstream is in trouble, and for some answers after that the highest of all: a player keeps to what it was told last.</summary>
    private int? HeldByUpstream()
    {
        if (!MindsUpstream) return null;
        if (_upstream.Ceiling < _ladder.Rungs.Length - 1)
        {
            _lifts = LiftedAnswers;
            return _upstream.Ceiling;
        }

        if (_lifts == 0) return null;
        _lifts--;
        return _ladder.Rungs.Length - 1;
    }

    private int Safe(in MediaDemand demand)
    {
        if (!_rate.IsKnown) return 0;
        // Nothing is known of the buffer and the line of each, so that a ladder is left to its players.
        if (_interleaved.AreSeen(demand.At)) return demand.IsAuto ? _ladder.Within(_monitor.TargetKbps) : _ladder.Rungs.Length - 1;
        var buffer = _buffer.SecondsAt(demand.At);
        return demand.IsAuto
            ? AutoChoice.Rung(_ladder, Player, demand.Number, _rate, buffer, _buffer.Limit ?? AutoChoice.LimitOf(Player), _auto)
            : _policy.Guard.Highest(_ladder, demand.Number, buffer, Math.Min(_rate.Last, _rate.Fast));
    }

    /// <summary>At the start only: later the player measures by itself, and a low estimate would cost bitrate for nothing.</summary>
    private int? StartThroughput() =>
        _priorKbps is { } kbps && _rate.BusySeconds < StartSeconds && _policy.Has(AdaptationLevers.Throughput) && PlayerClassifier.TakesCmsd(Player) ? (int)(kbps * StartChoice.Share) : null;

    /// <summary>A body of <c>auto</c> is held to the film's own speed while the player holds as much as browsers let it: it was told of a low rate, and goes by that.</summary>
    private int? Hold(in MediaDemand demand, int rung) =>
        _buffer.SecondsAt(demand.At) * _ladder.Rungs[rung].AverageKbps > MostHeldKbit ? _ladder.Rungs[rung].Kbps : null;

    private int? Pace(in MediaDemand demand, int safe)
    {
        if (!_policy.Has(AdaptationLevers.Pacing) || demand.Rung < 0 || !_rate.IsKnown || _interleaved.AreSeen(demand.At)) return null;
        if (_buffer.SecondsAt(demand.At) < _policy.Options.Horizon.TotalSeconds) return null;
        var bits = _ladder.BitsOf(demand.Rung, demand.Number) / 1000;
        return PacingWindow.RateFor(_ladder, safe, Player, bits) is { } kbps && kbps * 1000 < _rate.Fast ? (int)kbps : null;
    }
}

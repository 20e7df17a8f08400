using Gateway.Adaptation.Bandwidth;
using Gateway.Adaptation.Players;
using Gateway.Adaptation.Policy;
using Gateway.Media;
using Gateway.Timelines;

namespace Gateway.Adaptation.Serving;

/// <summary>
/// The adaptation of one session as the handlers see it: which ladder it plays, which rung a request is for, what is decided for its answer, and for the rendition <c>auto</c> which rung's segment
/// that is. Before a ladder is known, and for titles with one rung, it does nothing.
/// </summary>
/// <remarks>
/// Any thread may call any member. The lock covers the fields here; <see cref="SessionAdaptation"/> has its own, which may be taken under this one and never the other way round. A ladder that is
/// loaded again (a reload, a live MPD) keeps what was measured as long as its rungs are the same.
/// </remarks>
internal sealed class AdaptedSession
{
    private readonly Lock _lock = new();
    private readonly AdaptationParts _parts;
    private readonly SegmentChoices? _choices;
    private SessionAdaptation? _adaptation;
    private volatile AlignedLadder? _auto;
    private volatile SessionLadder? _ladder;
    private readonly SlidingPosition _position = new();
    private readonly SegmentsUnderWay _underWay = new();
    private readonly List<MediaDemand> _taken = [];
    private AdaptationDecision _last = AdaptationDecision.Nothing;
    private int _switches;

    /// <param name="parts">Rules, limit and clock.</param>
    /// <param name="id">The session's.</param>
    /// <param name="player">Whose session it is.</param>
    /// <param name="isAuto">It plays the rendition <c>auto</c>.</param>
    /// <param name="isUntouched">Measured, and nothing else.</param>
    public AdaptedSession(AdaptationParts parts, Guid id, PlayerClass player, bool isAuto, bool isUntouched)
    {
        _parts = parts;
        Id = id;
        _choices = isAuto ? new SegmentChoices() : null;
        Player = player;
        IsAuto = isAuto;
        IsUntouched = isUntouched;
    }

    public Guid Id { get; }

    public PlayerClass Player { get; }

    /// <summary>Whether there is anything to choose from.</summary>
    public bool HasLadder => _ladder is not null;

    public bool IsAuto { get; }

    /// <summary>Where it is; null where that is not known.</summary>
    public NetworkPrefix? Network { get; init; }

    public bool IsUntouched { get; }

    /// <summary>The rungs of the rendition <c>auto</c>; null for a session that plays the ladder itself.</summary>
    public AlignedLadder? Auto => _auto;

    /// <summary>What was decided last: manifests say so too.</summary>
    public AdaptationDecision Last
    {
        get
        {
            lock (_lock) return _last;
        }
    }

    /// <summary>The same for a manifest; before anything was measured, what the network lets expect.</summary>
    public AdaptationDecision Hint
    {
        get
        {
            var last = Last;
            if (Volatile.Read(ref _adaptation) is null && _parts.Cap.Kbps is > 0 and var cap && TellsMost) last = last with { MaxKbps = _ladder?.MostWithin(cap) };
            return last.ThroughputKbps is null && _parts.Policy.Has(AdaptationLevers.Throughput) && ExpectedKbps is { } kbps ? last with { ThroughputKbps = kbps } : last;
        }
    }

    /// <summary>Switches of the rendition <c>auto</c>.</summary>
    public int Switches => Volatile.Read(ref _switches);

    /// <summary>Mean of what its line carried, kbit/s; null before there are enough samples.</summary>
    public double? EstimateKbps => Volatile.Read(ref _adaptation)?.EstimateKbps;

    /// <summary>How far apart the fastest and the slowest of these samples are, kbit/s; null before there are enough.</summary>
    public double? JitterKbps => Volatile.Read(ref _adaptation)?.JitterKbps;

    /// <summary>A ladder was loaded for it.</summary>
    /// <param name="manifest">Where it stands.</param>
    /// <param name="rungs">Video rungs in the order of the manifest.</param>
    /// <param name="audioBandwidth">Of audio beside them that is not in their bitrate, bit/s.</param>
    /// <param name="maxKbps">The viewer's limit; 0 = none.</param>
    public void Offered(MediaAddress manifest, IReadOnlyList<Variant> rungs, long audioBandwidth, int maxKbps)
    {
        if (SessionLadder.Of(manifest, rungs, audioBandwidth, maxKbps, _parts.Sizes) is not { } ladder) return;
        lock (_lock)
        {
            var before = _ladder;
            _ladder = ladder;
            if (before is not null && before.HasRungsOf(ladder)) return;
            Volatile.Write(ref _adaptation, null);
            _choices?.Clear();
            _underWay.Clear();
        }
    }

    /// <summary>The rungs of <c>auto</c>, as they are listed now; null where the title cannot be played so.</summary>
    public void Play(AlignedLadder? auto) => _auto = auto;

    /// <summary>The body of a segment of video went out whole, as far as the writer knows.</summary>
    /// <param name="segment">As its manifest lists it.</param>
    public void Sent(in TimelineEntry segment)
    {
        lock (_lock) _underWay.Sent(segment.Sequence);
    }

    /// <summary>A segment of video that is about to be asked for, of an HLS broadcast: with its place on one line of media time, whatever the playlist's window is.</summary>
    public TimelineEntry Placed(in TimelineEntry segment)
    {
        lock (_lock) return _position.Placed(segment);
    }

    /// <summary>A segment was sent whole.</summary>
    /// <param name="kbps">Declared bitrate of its rung, as <see cref="BandwidthOf"/> or <see cref="KbpsOf"/> gave it.</param>
    /// <param name="number">Its number in a finished title; -1 in a broadcast.</param>
    /// <param name="bytes">Its length.</param>
    public void Learn(int kbps, long number, long bytes)
    {
        if (_ladder is { } ladder) ladder.Sizes.Learn(ladder.RungOf(kbps), number, bytes);
    }

    /// <summary>What its network lets expect before anything was measured, kbit/s; null where nothing is known, or the start is left alone.</summary>
    public int? ExpectedKbps => !IsUntouched && EstimateKbps is null && _parts.ExpectedFor(Network) is { } kbps ? (int)Math.Min(kbps * StartChoice.Share, int.MaxValue) : null;

    /// <summary>Whether manifests are made to help its player begin.</summary>
    public bool HelpsStart => !IsUntouched && _parts.Policy.Has(AdaptationLevers.Start);

    /// <summary>Whether its player begins with the first variant of a playlist.</summary>
    public bool BeginsWithTheFirst => Player is PlayerClass.Apple or PlayerClass.ExoPlayer;

    /// <summary>The operator's limit, kbit/s; 0 = none.</summary>
    public int OperatorKbps => _parts.Cap.Kbps;

    /// <summary>The lower of a viewer's limit and the operator's, kbit/s; 0 = none.</summary>
    public int LimitOf(int maxKbps) => OperatorKbps is > 0 and var cap && (maxKbps <= 0 || cap < maxKbps) ? cap : maxKbps;

    /// <summary>The session is over: its network gets to know what its line carried.</summary>
    public void Ended()
    {
        if (EstimateKbps is { } kbps) _parts.Observe(Network, kbps);
    }

    /// <summary>Of <c>auto</c>, the lowest rung's segment instead of one that cannot be had; false where that was the lowest.</summary>
    public bool TryLower(in TimelineEntry entry, out TimelineEntry lower)
    {
        lower = default;
        if (_auto is not { } auto || !auto.TryMap(entry, 0, out lower)) return false;
        lock (_lock)
        {
            if (_choices!.Find(entry.Sequence) == 0) return false;
            _choices.Replace(entry.Sequence, 0);
            return true;
        }
    }

    /// <summary>The rung that a timeline belongs to; -1 for what is no rung of the ladder.</summary>
    /// <param name="manifest">Where it is listed.</param>
    /// <param name="rung">What that says of it.</param>
    public int RungOf(MediaAddress manifest, Variant? rung) => _ladder?.RungOf(manifest, rung) ?? -1;

    /// <summary>A segment of video is asked for: what is done with its answer; nothing before a ladder is known.</summary>
    /// <param name="rung">That it is of; for <c>auto</c> that does not count.</param>
    /// <param name="entry">The segment as its manifest lists it.</param>
    /// <param name="ordinal">Its number in a finished title; -1 in a broadcast.</param>
    /// <param name="report">What the player says.</param>
    /// <param name="isAuto">It is of the rendition that players of <c>auto</c> are shown.</param>
    /// <param name="demand">To be told with what the client takes of the answer.</param>
    /// <param name="chosen">For <c>auto</c>, the segment that answers.</param>
    public AdaptationDecision Demanded(int rung, in TimelineEntry entry, long ordinal, CmcdReport? report, bool isAuto, out MediaDemand demand, out TimelineEntry chosen)
    {
        var auto = isAuto ? _auto : null;
        chosen = entry;
        lock (_lock)
        {
            demand = new MediaDemand
            {
                At = _parts.Now,
                Rung = auto is null ? rung : -1,
                IsVideo = true,
                IsAuto = auto is not null,
                Number = ordinal,
                Start = entry.Start,
                Duration = entry.Duration,
                Cmcd = report,
            };
            if (_ladder is not { } ladder) return AdaptationDecision.Nothing;
            var adaptation = _adaptation ?? Begin(ladder, entry.Duration);
            Finish(adaptation, demand, entry.Sequence);
            if (auto is not null && _choices!.Find(entry.Sequence) is >= 0 and var again && auto.TryMap(entry, Math.Min(again, auto.Rungs.Length - 1), out chosen))
                return _last with { AutoRung = again, FromRung = again, Reason = AdaptationReason.None };
            adaptation.CapKbps = _parts.Cap.Kbps;
            var decision = adaptation.Demanded(demand);
            if (auto is not null) decision = Choose(auto, ladder.Within(auto, decision.AutoRung), entry, decision, out chosen);
            _last = decision;
            return decision;
        }
    }

    /// <summary>A request for what is beside the video: it uses the same line.</summary>
    public MediaDemand DemandBeside(in TimelineEntry entry) => new() { At = _parts.Now, Rung = -1, Number = -1, Start = entry.Start, Duration = entry.Duration };

    /// <summary>The segment that a HEAD of <c>auto</c> speaks of; decides nothing.</summary>
    public TimelineEntry Peek(in TimelineEntry entry)
    {
        if (_auto is not { } auto) return entry;
        lock (_lock)
        {
            var rung = _choices!.Find(entry.Sequence) is >= 0 and var again ? again : Math.Max(_last.AutoRung ?? 0, 0);
            return auto.TryMap(entry, Math.Min(rung, auto.Rungs.Length - 1), out var found) ? found : entry;
        }
    }

    /// <summary>The client took something.</summary>
    public void Delivered(in DeliverySample sample, in MediaDemand of) => Volatile.Read(ref _adaptation)?.Delivered(sample, of);

    /// <summary>A segment failed for good; whether the session goes to a lower rung for it.</summary>
    /// <param name="kbps">Declared bitrate of its rung, as for <see cref="Learn"/>.</param>
    public bool Failed(int kbps) => _ladder?.RungOf(kbps) is >= 0 and var rung && Volatile.Read(ref _adaptation) is { } adaptation && adaptation.Failed(_parts.Now, rung);

    /// <summary>A segment was sent, or its client did not wait for the rest; whether the session goes to a lower rung because upstream is slow.</summary>
    public bool Arrived(in SegmentArrival arrival) =>
        _ladder?.RungOf(arrival.Kbps) is >= 0 and var rung && Volatile.Read(ref _adaptation) is { } adaptation && adaptation.Arrived(_parts.Now, rung, arrival);

    /// <summary>Now, by the clock of its samples.</summary>
    public TimeSpan Now => _parts.Now;

    /// <summary>Declared bitrate of a rung of <c>auto</c>, kbit/s, as the ladder has it.</summary>
    public int BandwidthOf(int rung) => _auto is { } auto && rung < auto.Rungs.Length ? _ladder?.KbpsOf(auto.Rungs[rung]) ?? 0 : 0;

    /// <summary>Highest bitrate of a rung, kbit/s, as it is told to clients.</summary>
    public int KbpsOf(int rung) => _ladder?.KbpsOf(rung) ?? 0;

    /// <summary>What the player has by now, as its next request shows.</summary>
    private void Finish(SessionAdaptation adaptation, in MediaDemand next, long number)
    {
        _underWay.Asked(number, next, _taken);
        foreach (var segment in _taken) adaptation.Delivered(new DeliverySample(0, next.At, next.At) { IsLast = true }, segment);
    }

    /// <summary>The playlist of an HLS ladder does not tell how long its segments are; the first one that is asked for does.</summary>
    private SessionAdaptation Begin(SessionLadder ladder, TimeSpan segment)
    {
        var begun = new SessionAdaptation(_parts.Policy, ladder.For(segment), Player, IsUntouched);
        Volatile.Write(ref _adaptation, begun);
        return begun;
    }

    private bool TellsMost => !IsUntouched && _auto is null && PlayerClassifier.TakesCmsd(Player);

    private AdaptationDecision Choose(AlignedLadder auto, int at, in TimelineEntry entry, AdaptationDecision decision, out TimelineEntry chosen)
    {
        // What the rung does not list (yet), the one that the player sees does.
        if (!auto.TryMap(entry, at, out chosen))
        {
            chosen = entry;
            at = auto.Reference;
        }

        if (decision is { Reason: not AdaptationReason.None, FromRung: >= 0 }) Interlocked.Increment(ref _switches);
        _choices!.Keep(entry.Sequence, at);
        return decision with { AutoRung = at };
    }
}

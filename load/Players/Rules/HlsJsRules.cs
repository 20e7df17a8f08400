using Gateway.Load.Links;
using Gateway.Load.Players.Titles;

namespace Gateway.Load.Players.Rules;

/// <summary>
/// hls.js 1.7 with its stock settings, after its abr-controller, stream-controller, audio-stream-controller and level-controller: ticks of 100 ms and one after each append,
/// a buffer of 60 MB but at least 30 s and at most 600 s, 0.95 of the estimate to stay and 0.7 to go up, and the rule that gives a slow segment up.
/// </summary>
/// <param name="mostBuffer">maxMaxBufferLength, seconds; null = stock.</param>
/// <remarks>Levels are assumed to be of one codec and frame rate, which hls.js does not mix anyway.</remarks>
internal sealed partial class HlsJsRules(double? mostBuffer = null) : PlayerRules
{
    private const double Tick = 0.1;
    private const double StayFactor = 0.95;
    private const double UpFactor = 0.7;

    /// <summary>Frames of AAC seldom begin where pictures do, so a segment that starts where the main one ends starts a little behind it for hls.js, which reads timestamps.</summary>
    private const double AudioFrame = 0.03;

    private const double MaxStarvation = 4;
    private const double MaxBufferBytes = 60e6;
    private const double MaxBufferLength = 30;
    private const double MostBufferLength = 600;

    /// <summary>abrEwmaDefaultEstimate and abrEwmaDefaultEstimateMax, bits per second.</summary>
    private const double DefaultEstimate = 500_000;

    private const double DefaultEstimateMax = 5_000_000;

    /// <summary>Transmuxing in the worker, which counts as time of the segment.</summary>
    private const double ParseSeconds = 0.002;

    private readonly HlsJsEstimator _estimator = new();
    private double _lastPlaylist;
    private double _lastDuration;
    private int _lastLoaded = -1;
    private int _first;
    private int _next = -1;
    private bool _forced;
    private bool _anyAppended;

    public override double? Estimate => _estimator.Estimate;

    /// <summary>A level's initialisation section is asked for in the same moment as its segment.</summary>
    public override bool ParallelInit => true;

    /// <summary>The worker that reads the first segment has to be started, and Chromium's clock moves some 40 ms behind the first picture; from the recordings.</summary>
    public override double RenderSeconds => 0.1;

    public override double PollSeconds => Tick;

    public override void Opened()
    {
        // The first variant listed is what the author thinks right to begin with: its rate is the first estimate, within bounds.
        var first = Player.Title!.FirstListed;
        _first = first.Index;
        _estimator.Reset(Math.Max(Math.Min(first.Bandwidth, DefaultEstimateMax), DefaultEstimate));
        _lastLoaded = -1;
        _anyAppended = false;
        _errors = null;
        (_next, _forced) = (FirstLevel(), true);
    }

    public override int Choose(TrackLoader loader)
    {
        if (!loader.IsVideo) return 0;
        var known = _estimator.HasSamples && _lastLoaded >= 0;
        if (_forced && _next >= 0 && !(known && IsWorse(_next))) return _next;
        _next = known ? NextLevel() : FirstLevel();
        _forced = false;
        return _next;
    }

    public override double Wait(TrackLoader loader, Rung rung)
    {
        var wait = loader.Ahead - LongestBuffer(loader.IsVideo ? rung : Player.Video!.Rungs[Math.Max(Player.Video.Current, 0)]);
        if (!loader.IsVideo)
        {
            // Audio is timed by video's first segment, and later keeps within one segment of what video is loading.
            if (loader.LastLoaded >= 0 && Player.Video!.LastLoaded < 0) return double.PositiveInfinity;
            if (Player.Video!.Loading is { } main && loader.LoadPosition > main.End - AudioFrame) return Tick;
        }

        return wait <= 0 ? 0 : OnTick(wait);
    }

    public override void Requested(TrackLoader loader, MediaSegment segment, Rung rung)
    {
        if (!loader.IsVideo) return;
        _lastDuration = segment.Duration;
        if (rung.Index == 0) (_next, _forced) = (-1, false);
    }

    public override void Loaded(TrackLoader loader, MediaSegment segment, Rung rung, Transfer transfer)
    {
        if (!loader.IsVideo) return;
        if (segment.Duration <= 0) return;
        _estimator.AddFirstByte(FirstByteOf(transfer));
        if (rung.Index == _next) (_next, _forced) = (-1, false);
        _lastLoaded = rung.Index;
    }

    public override void Appended(TrackLoader loader, MediaSegment segment, Rung rung, Transfer transfer)
    {
        if (!loader.IsVideo) return;
        _errors?.Buffered(rung.Index);
        var parse = transfer.Received * 8 / Math.Max(segment.Duration, 0.001) >= 100_000 ? ParseSeconds : 0;
        var seconds = (transfer.EndedAt!.Value - transfer.SentAt).TotalSeconds + parse;
        _estimator.Add(seconds - Math.Min(FirstByteOf(transfer), _estimator.FirstByte), transfer.Received);
        if (_anyAppended) return;
        _anyAppended = true;
        Player.Audio?.TickNow();
    }

    public override void ManifestLoaded(Transfer transfer)
    {
        if (Player.Title is not null && transfer.BeganAt is { } began) _lastPlaylist = (transfer.EndedAt!.Value - began).TotalSeconds;
    }

    /// <summary>In the first half of a segment's duration there is nothing to see, and of the lowest level never.</summary>
    public override double PollIn(TrackLoader loader, MediaSegment segment, Rung rung, Transfer transfer)
    {
        if (!loader.IsVideo || rung.Index == 0) return 0;
        var since = Player.Now - transfer.SentAt.TotalSeconds;
        var first = (Math.Floor((Math.Max(_estimator.FirstByte, segment.Duration / 2) / Tick) + 1e-6) + 1) * Tick;
        return Math.Max(first - since, Tick);
    }

    public override int Poll(TrackLoader loader, MediaSegment segment, Rung rung, Transfer transfer)
    {
        var blocking = _next >= 0 && _next != rung.Index;
        if (!blocking && (!_anyAppended || !Player.Playhead.WantsToMove)) return -1;
        var loading = Player.Now - transfer.SentAt.TotalSeconds;
        if (loading <= Math.Max(_estimator.FirstByte, segment.Duration / 2)) return -1;
        return GiveUp(loader, segment, rung, transfer, loading, blocking);
    }

    private static double FirstByteOf(Transfer transfer) => ((transfer.BeganAt ?? transfer.SentAt) - transfer.SentAt).TotalSeconds;

    private double LongestBuffer(Rung rung) =>
        Math.Min(rung.Bandwidth > 0 ? Math.Max(8 * MaxBufferBytes / rung.Bandwidth, MaxBufferLength) : MaxBufferLength, mostBuffer ?? MostBufferLength);

    /// <summary>Waiting is looked at on the interval's own ticks, which began with the player.</summary>
    private double OnTick(double wait)
    {
        var at = Player.Now + wait - Player.StartedAt;
        return (Math.Ceiling((at / Tick) - 1e-6) * Tick) - at + wait;
    }

    /// <summary>The rule that gives a segment up: the one under way would come too late, and one of a lower level would come sooner.</summary>
    private int GiveUp(TrackLoader loader, MediaSegment segment, Rung rung, Transfer transfer, double loading, bool blocking)
    {
        var starvation = loader.Ahead;
        var received = transfer.Received;
        var hasFirst = received > 0;
        var firstByte = hasFirst ? FirstByteOf(transfer) : -1;
        var estimate = _estimator.Estimate;
        var expected = Math.Max(received, transfer.Length ?? (long)Math.Round(segment.Duration * rung.AverageBandwidth / 8));
        var streaming = hasFirst ? loading - firstByte : loading;

        // A first byte of a moment ago tells no rate yet. (The original compares milliseconds with one, so that this hardly ever holds.)
        if (streaming < 0.001 && hasFirst) streaming = Math.Min(loading, received * 8 / estimate / 1000);
        var rate = hasFirst ? received / streaming : 0;
        var remaining = rate > 0 ? (expected - received) / rate : (expected * 8 / estimate) + _estimator.FirstByte;
        if (remaining <= starvation) return -1;

        var bandwidth = rate > 0 ? rate * 8 : estimate;
        var level = rung.Index - 1;
        var delay = double.PositiveInfinity;
        for (; level > 0; level--)
        {
            delay = TimeToLoad(bandwidth, segment.Duration * loader.Rungs[level].Bandwidth, NeedsPlaylist(loader, level));
            if (delay < Math.Min(starvation, segment.Duration + _estimator.FirstByte)) break;
        }

        if (delay >= remaining || delay > segment.Duration * 10) return -1;
        if (hasFirst) _estimator.Add(loading - Math.Min(_estimator.FirstByte, firstByte), received);
        else _estimator.AddFirstByte(loading);
        var bitrate = loader.Rungs[level].Bandwidth;
        if (_estimator.Estimate * UpFactor > bitrate) _estimator.Reset(bitrate);
        var best = Best(bitrate, level, 0, starvation, 1, 1);
        if (best >= 0) level = best;
        if ((blocking || remaining > delay * 2) && level > 0)
        {
            level = Math.Max(Best(loader.Rungs[0].Bandwidth, level, 0, starvation, 1, 1), 0);
            _estimator.Reset(loader.Rungs[level].Bandwidth);
        }

        (_next, _forced) = (level, true);
        return level;
    }

    private bool NeedsPlaylist(TrackLoader loader, int level) => Player.IsLive || loader.TrackOf(level) is null;

    private double TimeToLoad(double bandwidth, double bits, bool needsPlaylist) =>
        _estimator.FirstByte + (bits / bandwidth) + (needsPlaylist ? _estimator.FirstByte + _lastPlaylist : 0);

    private int FirstLevel()
    {
        var starvation = Player.Video?.Ahead ?? 0;
        var level = Best(_estimator.Estimate, Player.Title!.Video.Length - 1, starvation / 2, MaxStarvation, 1, 1);
        return level >= 0 ? level : _first;
    }

    private int NextLevel()
    {
        var video = Player.Video!;
        if (video.Rungs.Length == 1) return 0;
        var top = video.Rungs.Length - 1;
        var starvation = video.Ahead;
        if (starvation > 0)
        {
            var calm = Best(_estimator.Estimate, top, starvation, 0, StayFactor, UpFactor);
            if (calm >= 0) return calm;
        }

        var most = _lastDuration > 0 ? Math.Min(_lastDuration, MaxStarvation) : MaxStarvation;
        var level = Best(_estimator.Estimate, top, starvation, most, StayFactor, UpFactor);
        return level >= 0 ? level : 0;
    }

    /// <summary>The highest level that the bandwidth carries and whose next segment would come in time; -1 for none.</summary>
    private int Best(double bandwidth, int top, double starvation, double extra, double stay, double up)
    {
        var video = Player.Video;
        var rungs = Player.Title!.Video;
        var from = _lastLoaded < 0 ? _first : _lastLoaded;
        for (var i = top; i >= 0; i--)
        {
            if (i != _lastLoaded && _errors is { } errors && errors.IsPenalised(i)) continue;
            var track = video?.TrackOf(i);
            var duration = track is { SegmentCount: > 0 } ? AverageDuration(track) : _lastDuration > 0 ? _lastDuration : 1;
            var adjusted = (i > from ? up : stay) * bandwidth;
            var bitrate = _lastDuration > 0 && starvation >= _lastDuration * 2 && extra == 0 ? rungs[i].AverageBandwidth : rungs[i].Bandwidth;
            if (adjusted < bitrate) continue;
            var fetch = TimeToLoad(adjusted, bitrate * duration, track is null or { HasEnd: false });
            if (fetch <= _estimator.FirstByte || Player.IsLive || fetch < starvation + extra) return i;
        }

        return -1;
    }

    private static double AverageDuration(MediaTrack track) => (track.End - track.Start) / track.SegmentCount;
}

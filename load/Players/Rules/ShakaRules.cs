using Gateway.Load.Links;
using Gateway.Load.Players.Titles;

namespace Gateway.Load.Players.Rules;

/// <summary>
/// shaka-player 5.2 with its stock settings, after SimpleAbrManager, EwmaBandwidthEstimator, StreamingEngine and CmsdManager: a sample for each 100 ms of any segment, a choice at
/// most every 8 s, a buffer of 10 s, and CMSD heard.
/// </summary>
internal sealed class ShakaRules(double? downlink) : PlayerRules, IScheduled
{
    private const double BufferingGoal = 10;

    /// <summary>A met goal is looked at again after half of updateIntervalSeconds, audio that ran ahead after all of it.</summary>
    private const double GoalInterval = 0.5;

    private const double RunAheadInterval = 1;
    private const double LeastRunAhead = 0.5;
    private const double SwitchInterval = 8;
    private const double UpgradeTarget = 0.85;
    private const double DowngradeTarget = 0.95;
    private const double CacheThreshold = 0.005;
    private const long LeastSample = 16_000;
    private const long LeastTotal = 128_000;

    /// <summary>abr.defaultBandwidthEstimate, for browsers without the Network Information API.</summary>
    private const double DefaultEstimate = 1e6;

    /// <summary>A body is told of at the first read a tenth of a second after the last time, once so many bytes are there; reads come some milliseconds apart.</summary>
    private const double ReportSeconds = 0.103;
    private const double ReadSeconds = 0.02;

    /// <summary>Up to the first piece of a body, and from one to the next (retryParameters.connectionTimeout and stallTimeout).</summary>
    private const double FirstPieceSeconds = 10;
    private const double PieceSeconds = 5;

    private const long GivesUp = -1;

    /// <summary>Two attempts; what fails then ends the stream of a title on demand.</summary>
    private static readonly RetryRules s_retries = new(1, 1, 2, 8, ClientErrors: true);

    /// <summary>The player's own answer to a failure (streaming.failureCallback) begins a live stream anew after a second, for as long as it is watched; so does the timer of its playlist.</summary>
    private static readonly Recovery s_live = Recovery.In(1);

    private readonly Ewma _fast = new(2);
    private readonly Ewma _slow = new(5);
    private readonly CmsdHints _hints = new();
    private readonly (double At, long Bytes)[] _progress = new (double, long)[2];
    private long _sampled;
    private int _variant;
    private double _chosenAt;
    private bool _startupComplete;
    private double _pollSeconds = ReportSeconds;
    private ShakaDroppedFrames _frames = new(0);
    private long _opened;

    public override double? Estimate => _sampled < LeastTotal ? null : Math.Min(_fast.Mean, _slow.Mean);

    public override double AppendSeconds => 0.004;

    public override double RenderSeconds => 0.045;

    public override double PollSeconds => _pollSeconds;

    public override bool PollsAudio => true;

    public override bool ParallelInit => true;

    public override bool KeepsInits => false;

    public override bool UsesHints => true;

    public override RetryRules Retries => s_retries;

    private double Bandwidth => _hints.Blend(Estimate ?? downlink ?? DefaultEstimate);

    /// <summary>Media seconds that went through the decoder.</summary>
    private double Decoded => Player.Video is { Buffer.IsEmpty: false } video ? Math.Min(Player.Position, video.Buffer.End) : 0;

    public override void Opened()
    {
        _frames = new ShakaDroppedFrames(Player.Title!.Video.Length);
        if (TryChoose()) LookLater(++_opened);
        else GiveUp();
    }

    public override void CameLate(double seconds) => _frames.Drop(seconds);

    /// <summary>Looks at dropped frames, and at streams that may be had again.</summary>
    public void Fire(long tag)
    {
        if (tag == GivesUp) Player.GiveUp();
        if (tag != _opened || !Player.IsOpen) return;
        var tooMany = _frames.TooMany(Decoded);
        if (tooMany && _frames.TryBan(_variant, Player.Now))
        {
            // A choice that fails in a timer is logged, and what was under way goes on.
            if (TryChoose())
            {
                Player.Video!.Restart();
                Player.Audio?.Restart();
            }
        }
        else if (_frames.EndedSince(Player.Now - ShakaDroppedFrames.Interval, Player.Now))
        {
            var before = _variant;
            if (TryChoose() && _variant != before) Player.Video!.Restart();
        }

        LookLater(tag);
    }

    public override int Choose(TrackLoader loader) => loader.IsVideo ? _variant : 0;

    public override double Wait(TrackLoader loader, Rung rung)
    {
        var excess = loader.Ahead - BufferingGoal;
        if (excess >= 0) return Math.Max(Math.Ceiling(excess / GoalInterval), 1) * GoalInterval;
        if (Other(loader) is { IsEnded: false } other && loader.Track is { } track)
        {
            var most = Math.Max(track.Target, LeastRunAhead);
            if (loader.LoadPosition - other.LoadPosition >= most) return RunAheadInterval;
        }

        return 0;
    }

    public override void Requested(TrackLoader loader, MediaSegment segment, Rung rung)
    {
        Progress(loader) = (Player.Now, 0);
        _pollSeconds = ReportSeconds;
    }

    public override void Loaded(TrackLoader loader, MediaSegment segment, Rung rung, Transfer transfer)
    {
        Hear(transfer);
        if (segment.Duration <= 0) return;
        Sample(loader, transfer.Received);
    }

    public override void ManifestLoaded(Transfer transfer) => Hear(transfer);

    public override Recovery SegmentFailed(TrackLoader loader, MediaSegment segment, Rung rung, Transfer transfer, int failures) =>
        IsLive(loader) ? s_live : base.SegmentFailed(loader, segment, rung, transfer, failures);

    public override Recovery PlaylistFailed(TrackLoader loader, Rung rung, Transfer transfer, int failures) =>
        IsLive(loader) ? s_live : base.PlaylistFailed(loader, rung, transfer, failures);

    public override int Poll(TrackLoader loader, MediaSegment segment, Rung rung, Transfer transfer)
    {
        // Fields are heard when the head is there, before any of the body.
        if (transfer.BeganAt is not null) Hear(transfer);
        var received = transfer.Received;
        _pollSeconds = received - Progress(loader).Bytes < LeastSample ? ReadSeconds : ReportSeconds;
        if (_pollSeconds == ReportSeconds) Sample(loader, received);
        else if (Player.Now - Progress(loader).At > (Progress(loader).Bytes == 0 ? FirstPieceSeconds : PieceSeconds)) return TimedOut;
        return loader.IsVideo && _variant != rung.Index ? _variant : -1;
    }

    private ref (double At, long Bytes) Progress(TrackLoader loader) => ref _progress[loader.IsVideo ? 0 : 1];

    private TrackLoader? Other(TrackLoader loader) => loader.IsVideo ? Player.Audio : Player.Video;

    private void Sample(TrackLoader loader, long received)
    {
        ref var last = ref Progress(loader);
        var (seconds, bytes) = (Player.Now - last.At, received - last.Bytes);
        last = (Player.Now, received);
        if (seconds >= CacheThreshold && bytes >= LeastSample)
        {
            _sampled += bytes;
            _fast.Add(seconds, bytes * 8 / seconds);
            _slow.Add(seconds, bytes * 8 / seconds);
        }

        Suggest(loader);
    }

    /// <summary>Not at once, because the loader that asks is in the middle of something.</summary>
    private void GiveUp() => Player.Loop.Schedule(Player.At(Player.Now), this, GivesUp);

    private void LookLater(long tag) => Player.Loop.Schedule(Player.At(Player.Now + ShakaDroppedFrames.Interval), this, tag);

    private void Suggest(TrackLoader loader)
    {
        if (!_startupComplete)
        {
            if (_sampled < LeastTotal) return;
            _startupComplete = true;
            _chosenAt -= SwitchInterval;
        }

        if (Player.Now - _chosenAt < SwitchInterval) return;
        var before = _variant;

        // A choice that fails on the way of a segment takes the request with it, and its error is none of those that are tried again.
        if (!TryChoose())
        {
            GiveUp();
            return;
        }

        _frames.Look(Decoded);

        // Every segment is loaded through the prefetch of one segment, which a switch clears whatever it holds.
        if (_variant != before && !loader.IsVideo) Player.Video!.Restart();
    }

    /// <summary>
    /// The variant whose band of bandwidths, from its own rate over 0.95 to the next one's over 0.85, holds the estimate. False where the server's maximum leaves none of those that are not given up: chooseVariant
    /// then reads the bandwidth of a variant that is not there, and throws.
    /// </summary>
    private bool TryChoose()
    {
        var rungs = Player.Title!.Video;
        var bandwidth = Bandwidth;
        var count = rungs.Length;
        if (_hints.MaxBitrate is { } most)
        {
            while (count > 0 && VariantRate(rungs[count - 1]) > most) count--;
        }

        var (chosen, next) = (-1, double.PositiveInfinity);
        var lowest = -1;
        for (var i = count - 1; i >= 0; i--)
        {
            if (_frames.IsBanned(i, Player.Now)) continue;
            var rate = VariantRate(rungs[i]);
            if (chosen < 0 && bandwidth >= rate / DowngradeTarget && bandwidth <= next / UpgradeTarget) chosen = i;
            (next, lowest) = (rate, i);
        }

        if (lowest < 0) return false;
        _chosenAt = Player.Now;
        _variant = chosen < 0 ? lowest : chosen;
        return true;
    }

    /// <summary>A variant of DASH is video and audio together; of HLS the playlist says so.</summary>
    private double VariantRate(Rung rung) => rung.Bandwidth + (Player.Title is { IsDash: true, Audio.Length: > 0 } title ? title.Audio[0].Bandwidth : 0);

    private void Hear(Transfer transfer)
    {
        if (transfer.Fields.CmsdDynamic is { } text) _hints.Hear(text);
    }

    private static bool IsLive(TrackLoader loader) => loader.Track is { HasEnd: false };
}

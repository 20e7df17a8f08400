using Gateway.Load.Links;
using Gateway.Load.Players.Titles;

namespace Gateway.Load.Players.Rules;

/// <summary>
/// dash.js 5.2 with its stock settings, after AbrController, its rules, ScheduleController and StreamProcessor: throughput until 12 s are buffered and BOLA-O above, never more than
/// the buffer can bear, abandoned requests, and a better rung that replaces what is buffered from the playhead on (fast switch).
/// </summary>
/// <param name="bufferAtTop">bufferTimeAtTopQuality and bufferTimeAtTopQualityLongForm, seconds; null = stock.</param>
/// <param name="obeysCmsd">streaming.cmsd.enabled and applyMb are on, which stock they are not.</param>
internal sealed class DashJsRules(double? bufferAtTop = null, bool obeysCmsd = false) : PlayerRules
{
    private const double BufferTime = 18;
    private const double BufferTimeAtTop = 30;
    private const double BufferTimeAtTopLong = 60;
    private const double LongForm = 600;
    private const double ScheduleInterval = 0.5;
    private const double HybridSwitch = 12;
    private const double StallThreshold = 0.3;
    private const double InsufficientFactor = 0.7;

    /// <summary>Rates with which dash.js begins when it knows nothing, kbit/s.</summary>
    private const double FirstVideo = 1000;

    private const double FirstAudio = 100;

    private const double AbandonTimeout = 10;
    private const double AbandonAfter = 0.5;
    private const double AbandonFactor = 1.8;

    private static readonly RetryRules s_retries = new(3, 1, 1, 1, ClientErrors: true);

    /// <summary>retryAttempts and retryIntervals of an MPD.</summary>
    private static readonly RetryRules s_manifestRetries = new(3, 0.5, 1, 0.5, ClientErrors: true);

    private DashJsMedia? _video;
    private DashJsMedia? _audio;
    private readonly CmsdHints? _hints = obeysCmsd ? new CmsdHints() : null;

    public override double? Estimate => _video?.Throughput.Average * 1000;

    /// <summary>Until the choice after an append, measured in Chromium.</summary>
    public override double AppendSeconds => 0.004;

    /// <summary>Chromium shows the first picture at once, but its clock moves some 40 ms later.</summary>
    public override double RenderSeconds => 0.04;

    public override double PollSeconds => 0.1;

    public override bool PollsAudio => true;

    /// <summary>streaming.cacheInitSegments is off.</summary>
    public override bool KeepsInits => false;

    public override bool WaitsFirst => true;

    /// <summary>streaming.fragmentRequestTimeout.</summary>
    public override TimeSpan? SegmentPatience => TimeSpan.FromSeconds(20);

    public override RetryRules Retries => s_retries;

    public override RetryRules ManifestRetries => s_manifestRetries;

    public override void Opened()
    {
        _video = new DashJsMedia(Player.Video!, BufferTime);
        _audio = Player.Audio is null ? null : new DashJsMedia(Player.Audio, BufferTime);
    }

    public override int Choose(TrackLoader loader)
    {
        var media = Of(loader);
        UpdateStrategy(loader, media);
        if (media.Rung < 0) return media.Rung = ForRate(loader, loader.IsVideo ? FirstVideo : FirstAudio);
        if (media.Forced >= 0)
        {
            media.Rung = media.Forced;
            media.Forced = -1;
            return media.Rung;
        }

        var wanted = Best(loader, media);
        if (wanted < 0) return media.Rung;
        media.History.Push(media.Rung, wanted);
        if (wanted == media.Rung || (wanted > media.Rung && Player.Now < media.AbandonedUntil)) return media.Rung;
        if (wanted > media.Rung) ReplaceFast(loader, media, wanted);
        media.Rung = wanted;
        media.Bola.Changed(wanted);
        return wanted;
    }

    public override double Wait(TrackLoader loader, Rung rung)
    {
        // Before its first initialisation section a kind of media does not ask how much is buffered.
        if (loader.Current < 0) return 0;
        if (!loader.IsVideo && Player.Video is { } video)
        {
            // What audio waits for rises with video, so it looks again at every interval.
            return loader.Ahead < Math.Max(video.Ahead + 1, loader.Track?.Target ?? 0) ? 0 : ScheduleInterval;
        }

        var top = rung.Index == loader.Rungs.Length - 1;
        var target = !top ? BufferTime : bufferAtTop is { } most ? most : !Player.IsLive && loader.Track is { HasEnd: true } track && track.End - track.Start >= LongForm ? BufferTimeAtTopLong : BufferTimeAtTop;
        var duration = loader.Track?.Target ?? 0;
        var excess = loader.Ahead + (target <= duration ? 0 : duration) - target;
        return excess < 0 ? 0 : Math.Max(Math.Ceiling(excess / ScheduleInterval), 1) * ScheduleInterval;
    }

    public override double Delay(TrackLoader loader) => Of(loader) is { UsesBola: true } media ? media.Bola.Delay : 0;

    public override void Loaded(TrackLoader loader, MediaSegment segment, Rung rung, Transfer transfer)
    {
        if (transfer.Fields.CmsdDynamic is { } hint) _hints?.Hear(hint);
        if (segment.Duration <= 0) return;
        var media = Of(loader);
        var (sent, began, ended) = (transfer.SentAt.TotalSeconds, transfer.BeganAt!.Value.TotalSeconds, transfer.EndedAt!.Value.TotalSeconds);
        var (seconds, bytes) = media.Timings.First(rung.Index, segment.Sequence, ended - began, transfer.Received);
        media.Throughput.Add(seconds, bytes);
        media.Bola.Loaded(segment, rung.Index, sent, ended, loader.Ahead);
    }

    public override void Appended(TrackLoader loader, MediaSegment segment, Rung rung, Transfer transfer)
    {
        var media = Of(loader);
        media.AnyAppended = true;
        if (media.IgnoreCount > 0) media.IgnoreCount--;
        UpdateStrategy(loader, media);
    }

    /// <summary>Nothing is abandoned in the first half second behind the first byte, and of the lowest rung nothing ever.</summary>
    public override double PollIn(TrackLoader loader, MediaSegment segment, Rung rung, Transfer transfer)
    {
        if (rung.Index == 0) return 0;
        return transfer.BeganAt is { } began ? Math.Max(began.TotalSeconds + AbandonAfter - Player.Now, PollSeconds) : AbandonAfter;
    }

    public override int Poll(TrackLoader loader, MediaSegment segment, Rung rung, Transfer transfer)
    {
        var media = Of(loader);
        var received = transfer.Received;
        if (received <= 0 || transfer.BeganAt is not { } began || transfer.Length is not { } total) return -1;

        if (rung.Index == 0 || loader.Ahead > BufferTime || media.Abandoned.Contains(segment.Sequence)) return -1;
        if (Player.Now - began.TotalSeconds <= AbandonAfter || received >= total) return -1;

        // The first progress event carries the request's latency and is left out, which leaves about the time since the first byte.
        var seconds = Math.Max(Player.Now - began.TotalSeconds, 0.001);
        var kbps = Math.Round(received * 8 / seconds / 1000);
        if (kbps > 0 && total * 8 / kbps / 1000 < segment.Duration * AbandonFactor) return -1;
        var instead = ForRate(loader, kbps);
        if (total - received <= total * (double)loader.Rungs[instead].Bandwidth / rung.Bandwidth) return -1;
        media.Abandoned.Add(segment.Sequence);
        media.AbandonedUntil = Player.Now + AbandonTimeout;
        media.History.Clear();
        media.Forced = instead;
        media.Bola.Changed(instead);
        media.Bola.Abandoned(loader.Ahead);
        return instead;
    }

    public override void Stalled()
    {
        _video?.Bola.Empty();
        _audio?.Bola.Empty();
    }

    public override void Seeked()
    {
        _video?.Seek();
        _audio?.Seek();
    }

    /// <summary>Four segments behind the edge where the MPD does not say (the DASH-IF default of dash.js).</summary>
    public override double LiveDelay(MediaTrack track) => 4 * track.Target;

    private DashJsMedia Of(TrackLoader loader) => loader.IsVideo ? _video! : _audio!;

    /// <summary>The highest rung within a rate; the lowest when there is none.</summary>
    private static int ForRate(TrackLoader loader, double kbps)
    {
        var rung = 0;
        while (rung + 1 < loader.Rungs.Length && loader.Rungs[rung + 1].Bandwidth / 1000.0 <= kbps) rung++;
        return rung;
    }

    /// <summary>BOLA above 12 s, throughput again below 6.</summary>
    private static void UpdateStrategy(TrackLoader loader, DashJsMedia media) =>
        media.UsesBola = loader.Ahead >= (media.UsesBola ? HybridSwitch / 2 : HybridSwitch);

    /// <summary>What the lowest of all rules asks for; -1 when none asks.</summary>
    private int Best(TrackLoader loader, DashJsMedia media)
    {
        var buffer = loader.Ahead;
        var isEmpty = buffer <= StallThreshold && !loader.IsEnded;
        int? carried = media.Throughput.Safe is { } safe ? ForRate(loader, safe) : null;
        var best = -1;
        if (media.UsesBola && DashJsBola.IsOf(loader.Rungs)) best = media.Bola.Choose(Player.Now, buffer, carried);
        else if (!media.UsesBola && carried is { } rung && media.AnyAppended && Player.Now >= media.AbandonedUntil && (!isEmpty || Player.IsLive)) best = rung;
        if (media.IgnoreCount <= 0) Lower(ref best, Bearable(loader, media, buffer, isEmpty));
        Lower(ref best, media.History.Choose());
        if (loader.IsVideo && _hints?.MaxBitrate is { } most)
        {
            // The suggested maximum counts for video and audio together; what is above it is no choice any more (AbrController, filter by CMSD).
            var cap = ForRate(loader, (most - (Player.Audio?.Rungs[0].Bandwidth ?? 0)) / 1000);
            if (best > cap || (best < 0 && media.Rung > cap)) best = cap;
        }

        return best;
    }

    /// <summary>InsufficientBufferRule: the next segment has to come while the buffer lasts.</summary>
    private static int Bearable(TrackLoader loader, DashJsMedia media, double buffer, bool isEmpty)
    {
        if (isEmpty) return 0;
        if (media.Throughput.Average is not { } average || loader.Track is not { Target: > 0 } track) return -1;
        var rate = average * InsufficientFactor * buffer / track.Target;
        return rate > 0 ? ForRate(loader, rate) : -1;
    }

    private static void Lower(ref int best, int other)
    {
        if (other >= 0 && (best < 0 || other < best)) best = other;
    }

    /// <summary>
    /// Goes back to the playhead, if what is buffered there is worse. The margin of a segment and a half that dash.js means to keep is none: the representation that comes with
    /// the switch is a fresh one whose fragmentDuration is null, and 1.5 times that is 0 (5.2.1, StreamProcessor, _prepareForFastQualitySwitch).
    /// </summary>
    private void ReplaceFast(TrackLoader loader, DashJsMedia media, int wanted)
    {
        var from = Player.Position;
        if (Player.Now < media.AbandonedUntil) return;
        if (loader.Track is not { SegmentCount: > 0 } track || !loader.Buffer.Holds(from) || !loader.Buffer.TryFind(from, out var there) || there.Rung >= wanted) return;
        loader.GoBackTo(track[track.IndexAt(from)].Start);
    }
}

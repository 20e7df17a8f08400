using Gateway.Load.Links;
using Gateway.Load.Players.Titles;

namespace Gateway.Load.Players.Rules;

/// <content>How long it waits, and what it does when nothing comes: manifestLoadPolicy, playlistLoadPolicy and fragLoadPolicy of its config.</content>
internal sealed partial class HlsJsRules
{
    /// <summary>manifestLoadPolicy: two repetitions after a time-out, one after an error, then the error is fatal.</summary>
    private static readonly RetryRules s_manifestTimeouts = new(2, 0, 1, 0, ClientErrors: true);

    private static readonly RetryRules s_manifestRetries = new(1, 1, 2, 8, ClientErrors: false);

    private HlsJsErrors? _errors;

    /// <summary>maxTimeToFirstByteMs of segments and playlists.</summary>
    public override TimeSpan? FirstBytePatience => TimeSpan.FromSeconds(10);

    /// <summary>fragLoadPolicy.maxLoadTimeMs.</summary>
    public override TimeSpan? SegmentPatience => TimeSpan.FromSeconds(120);

    /// <summary>playlistLoadPolicy.maxLoadTimeMs.</summary>
    public override TimeSpan? PlaylistPatience => TimeSpan.FromSeconds(20);

    /// <summary>manifestLoadPolicy.maxLoadTimeMs; to its first byte there is no limit of its own.</summary>
    public override TimeSpan? ManifestPatience => TimeSpan.FromSeconds(20);

    public override RetryRules ManifestRetries => s_manifestRetries;

    private HlsJsErrors Errors => _errors ??= new HlsJsErrors(Player.Title!.Video);

    private int Level => Math.Max(Player.Video!.Current, 0);

    public override void PlaylistLoaded(TrackLoader loader, Rung rung)
    {
        if (loader.IsVideo) _errors?.Listed(rung.Index);
    }

    public override Recovery SegmentFailed(TrackLoader loader, MediaSegment segment, Rung rung, Transfer transfer, int failures)
    {
        var isTimeout = transfer.End == TransferEnd.TimedOut;
        if (isTimeout && loader.IsVideo) Measure(transfer);
        var canSkip = transfer.Request.Kind != TransferKind.Init && Player.IsLive && loader.Track is { SegmentCount: > 0 } track && segment.Sequence < track[track.SegmentCount - 1].Sequence;
        return Taken(loader, Errors.Segment(loader.IsVideo ? rung.Index : Level, Level, !loader.IsVideo, isTimeout, IsRefused(transfer), canSkip));
    }

    public override Recovery PlaylistFailed(TrackLoader loader, Rung rung, Transfer transfer, int failures)
    {
        var level = loader.IsVideo ? rung.Index : Level;
        return Taken(loader, transfer.Succeeded
            ? Errors.Unreadable(level, Level, !loader.IsVideo)
            : Errors.Playlist(level, Level, !loader.IsVideo, transfer.End == TransferEnd.TimedOut, IsRefused(transfer)));
    }

    public override Recovery ManifestFailed(Transfer transfer, int failures)
    {
        if (transfer.Succeeded || IsRefused(transfer)) return Recovery.None;
        var retries = transfer.End == TransferEnd.TimedOut ? s_manifestTimeouts : s_manifestRetries;
        return failures < retries.Tries ? Recovery.In(retries.Delay(failures)) : Recovery.None;
    }

    /// <summary>XMLHttpRequest tells status 0 of a connection that failed or broke, and hls.js takes that as it takes 4xx.</summary>
    private static bool IsRefused(Transfer transfer) => transfer.End is TransferEnd.NoAnswer or TransferEnd.Broken || (transfer.End == TransferEnd.Complete && transfer.Status is >= 400 and < 500);

    /// <summary>A level to which failures forced it, and which then failed oftener itself than the one that would be chosen, is not kept to.</summary>
    private bool IsWorse(int level) => _errors is { } errors && errors.SwitchesFrom(level) > errors.SwitchesFrom(NextLevel());

    private Recovery Taken(TrackLoader loader, Recovery recovery)
    {
        if (recovery.Rung >= 0)
        {
            (_next, _forced) = (recovery.Rung, true);
            if (!loader.IsVideo) Player.Video!.TickNow();
        }

        return recovery.Seconds > 0 ? recovery with { Seconds = OnTick(recovery.Seconds.Value) } : recovery;
    }

    /// <summary>What did not come in time is measured too.</summary>
    private void Measure(Transfer transfer)
    {
        var loading = Player.Now - transfer.SentAt.TotalSeconds;
        if (transfer.Received > 0) _estimator.Add(loading - Math.Min(_estimator.FirstByte, FirstByteOf(transfer)), transfer.Received);
        else _estimator.AddFirstByte(loading);
    }
}

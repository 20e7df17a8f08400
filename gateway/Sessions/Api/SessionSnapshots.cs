using Gateway.Adaptation.Players;
using Gateway.Media;
using Gateway.Origin;
using Gateway.Rollout;
using Gateway.Sessions.Limits;
using Gateway.Sessions.Quality;
using Gateway.Sessions.Registry;
using Gateway.Transcoding;

namespace Gateway.Sessions.Api;

/// <summary>Builds the replies and snapshots that clients and operators get of a session.</summary>
internal sealed class SessionSnapshots(MediaOptions media, SessionsOptions options, Transcodes transcodes, TimeProvider time)
{
    private const string Files = "/api/v1/files/";

    /// <summary>The reply to a create.</summary>
    /// <param name="session">The session.</param>
    /// <param name="title">What is known of its title.</param>
    /// <param name="prefix">Path prefix under which the client reaches the gateway.</param>
    /// <param name="recommended">The engine that the roll-out recommends, whatever the client has asked for; null: the session's.</param>
    public SessionReply Reply(SessionState session, TitleVerdict title, PathString prefix, PlaybackEngine? recommended = null)
    {
        var parameters = session.Parameters;
        var engine = SessionMetrics.Label(parameters.Engine);
        var source = SourceTypeOf(session.Entry.Cluster);
        var protocol = Segments.SegmentMetrics.Label(parameters.Engine == PlaybackEngine.Direct ? StreamingProtocol.File : title.Protocol);
        var rungs = QualityLimit.Offered(title.Rungs, parameters.LadderKbps);
        var manifestProfile = rungs.Length == 1 ? "startup_single" : "steady_state_dual";
        int? highest = rungs.IsEmpty ? (parameters.LadderKbps > 0 ? parameters.LadderKbps : null) : (int)Math.Min((rungs[^1] + 999) / 1000, int.MaxValue);
        return new SessionReply
        {
            SessionId = session.Id.ToString("N"),
            Ticket = session.Paths.Text,
            Engine = engine,
            HlsUrl = prefix.ToUriComponent() + UrlOf(session, media.HlsPath),
            DashUrl = prefix.ToUriComponent() + UrlOf(session, media.DashPath),
            DirectUrl = title.HasFile ? prefix.ToUriComponent() + FileUrlOf(session) : null,
            ExpiresAt = ExpiryOf(session),
            PlaybackProfile = new PlaybackProfile(protocol, source, CreateSessionRequest.Label(parameters.Quality), manifestProfile, null, highest),
            EngineHints = new EngineHints(protocol, source, SessionMetrics.Label(recommended ?? parameters.Engine), IsMade(session, title)),
        };
    }

    /// <summary>Where a title comes from: <c>library</c>, or the name of another cluster.</summary>
    public static string SourceTypeOf(string? cluster) => cluster is null or OriginOptions.DefaultCluster ? "library" : cluster;

    private bool? IsMade(SessionState session, TitleVerdict title) => !transcodes.IsOn
        ? null
        : title.Protocol != StreamingProtocol.File && string.Equals(session.Entry.Cluster, OriginOptions.DefaultCluster, StringComparison.Ordinal) && transcodes.Holds(session.Parameters.MediaId);

    public SessionSnapshot SnapshotOf(SessionState session)
    {
        var snapshot = session.Playhead.Snapshot;
        var counts = session.Counts;
        var parameters = session.Parameters;
        return new SessionSnapshot
        {
            SessionId = session.Id.ToString("N"),
            UserId = session.User,
            MediaId = parameters.MediaId.Length > 0 ? parameters.MediaId : session.Entry.Path,
            Asset = session.Entry.Path.Length > 1 ? session.Entry.Path : null,
            Engine = SessionMetrics.Label(session.Engine),
            Protocol = Segments.SegmentMetrics.Label(session.Tracker.Protocol),
            Player = Label(session.ReportedPlayer is { } told and not PlayerClass.Unknown ? told : parameters.Player),
            IsPlaying = session.IsPlayingAt(time.GetUtcNow(), options.PlayingTimeout),
            Quality = CreateSessionRequest.Label(parameters.Quality),
            GroupId = parameters.GroupId,
            PreviousSessionId = parameters.Previous?.ToString("N"),
            PositionSec = Math.Round(snapshot.ShownSec, 3),
            State = Label(snapshot.State),
            BufferedUntilSec = snapshot.BufferedUntilSec,
            CurrentBitrate = snapshot.BitrateKbps,
            QualitySwitches = snapshot.QualitySwitches + (session.Adapted?.Switches ?? 0),
            BufferingEvents = snapshot.Stalls,
            TotalBufferTime = Math.Round(snapshot.Stalled.TotalSeconds, 3),
            PlaybackSec = Math.Round(snapshot.Watched.TotalSeconds, 3),
            AverageBitrate = snapshot.Watched > TimeSpan.Zero ? Math.Round(counts.Bytes * 8 / 1000d / snapshot.Watched.TotalSeconds, 1) : null,
            BandwidthEstimateKbps = session.Adapted?.EstimateKbps is { } estimate ? (int)Math.Min(estimate, int.MaxValue) : snapshot.ThroughputKbps > 0 ? snapshot.ThroughputKbps : null,
            Segments = new SegmentsBySource(counts.FromBuffer, counts.FromCache, counts.FromOrigin),
            SegmentsFetched = counts.FromOrigin,
            SegmentsFromCache = counts.FromCache + counts.FromBuffer,
            ErrorCount = counts.Failed,
            CreatedAt = session.CreatedAt,
            LastActivityAt = session.LastActivity,
            ExpiresAt = ExpiryOf(session),
        };
    }

    /// <summary>When the session ends if it shows no more activity: slides with every request, up to the ticket's hard limit.</summary>
    public DateTimeOffset ExpiryOf(SessionState session)
    {
        var idle = session.LastActivity + options.IdleTimeout;
        var hard = session.Paths.Ticket.HardExpiry;
        return idle < hard ? idle : hard;
    }

    private static string UrlOf(SessionState session, string template)
    {
        var address = new MediaAddress(session.Entry.Cluster, MediaOptions.PathOf(template, session.Parameters.MediaId), string.Empty);
        return $"{session.Paths.ForEntry(address)}/{address.Cluster}{address.Path}";
    }

    private string FileUrlOf(SessionState session)
    {
        var address = new MediaAddress(session.Entry.Cluster, MediaOptions.PathOf(media.DirectPath, session.Parameters.MediaId), string.Empty);
        return $"{Files}{session.Paths.ForEntry(address)[TicketPaths.Root.Length..]}{address.Path}";
    }

    private static string? Label(PlayerClass player) => player switch
    {
        PlayerClass.HlsJs => "hls.js",
        PlayerClass.DashJs => "dash.js",
        PlayerClass.Shaka => "shaka-player",
        PlayerClass.Vhs => "video.js",
        PlayerClass.Apple => "AVPlayer",
        PlayerClass.ExoPlayer => "ExoPlayer",
        PlayerClass.NoAdaptation => "without adaptation",
        _ => null,
    };

    private static string Label(PlaybackState state) => state switch
    {
        PlaybackState.Playing => "playing",
        PlaybackState.Paused => "paused",
        PlaybackState.Stopped => "stopped",
        _ => "buffering",
    };
}

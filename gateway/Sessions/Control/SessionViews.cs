using Gateway.Origin;

namespace Gateway.Sessions.Control;

/// <summary>Shows sessions to clients.</summary>
internal sealed class SessionViews(MediaOptions media, SessionsOptions options)
{
    /// <summary>The answer to a create.</summary>
    /// <param name="session">The session.</param>
    /// <param name="title">What is known of its title.</param>
    /// <param name="prefix">Path before the gateway's own, under which the client knows it.</param>
    public SessionReply Reply(SessionState session, TitleVerdict title, PathString prefix)
    {
        var order = session.Order;
        var engine = SessionMetrics.Word(order.Engine);
        var word = Segments.SegmentMetrics.Word(order.Engine == PlaybackEngine.Direct ? StreamingProtocol.File : title.Protocol);
        var rungs = QualityLimit.Offered(title.Rungs, order.LadderKbps);
        var manifestProfile = rungs.Length == 1 ? "startup_single" : "steady_state_dual";
        int? highest = rungs.IsEmpty ? (order.LadderKbps > 0 ? order.LadderKbps : null) : (int)Math.Min((rungs[^1] + 999) / 1000, int.MaxValue);
        return new SessionReply
        {
            SessionId = session.Id.ToString("N"),
            Ticket = session.Paths.Text,
            Engine = engine,
            HlsUrl = prefix.ToUriComponent() + UrlOf(session, media.HlsPath),
            DashUrl = prefix.ToUriComponent() + UrlOf(session, media.DashPath),
            DirectUrl = prefix.ToUriComponent() + UrlOf(session, media.DirectPath),
            ExpiresAt = ExpiryOf(session),
            PlaybackProfile = new PlaybackProfile(word, "library", SessionWish.Word(order.Quality), manifestProfile, null, highest),
            EngineHints = new EngineHints(word, "library", engine, null),
        };
    }

    public SessionPicture Picture(SessionState session)
    {
        var picture = session.Playhead.Picture;
        var tally = session.Tally;
        var order = session.Order;
        return new SessionPicture
        {
            SessionId = session.Id.ToString("N"),
            UserId = session.User,
            MediaId = order.MediaId.Length > 0 ? order.MediaId : session.Entry.Path,
            Engine = SessionMetrics.Word(order.Engine),
            Quality = SessionWish.Word(order.Quality),
            GroupId = order.GroupId,
            PreviousSessionId = order.Previous?.ToString("N"),
            PositionSec = picture.PositionSec,
            State = Word(picture.State),
            BufferedUntilSec = picture.BufferedUntilSec,
            CurrentBitrate = picture.BitrateKbps,
            QualitySwitches = picture.QualitySwitches,
            BufferingEvents = picture.Stalls,
            TotalBufferTime = Math.Round(picture.Stood.TotalSeconds, 3),
            PlaybackSec = Math.Round(picture.Watched.TotalSeconds, 3),
            AverageBitrate = picture.Watched > TimeSpan.Zero ? Math.Round(tally.Bytes * 8 / 1000d / picture.Watched.TotalSeconds, 1) : null,
            BandwidthEstimateKbps = picture.ThroughputKbps > 0 ? picture.ThroughputKbps : null,
            Segments = new SegmentsBySource(tally.FromBuffer, tally.FromCache, tally.FromOrigin),
            SegmentsFetched = tally.FromOrigin,
            SegmentsFromCache = tally.FromCache + tally.FromBuffer,
            ErrorCount = tally.Failed,
            CreatedAt = session.CreatedAt,
            LastActivityAt = session.LastActivity,
            ExpiresAt = ExpiryOf(session),
        };
    }

    /// <summary>When the session ends if nothing more is heard of it: slides with every sign of life, up to the ticket's hard limit.</summary>
    public DateTimeOffset ExpiryOf(SessionState session)
    {
        var idle = session.LastActivity + options.IdleTimeout;
        var hard = session.Paths.Ticket.HardExpiry;
        return idle < hard ? idle : hard;
    }

    private static string UrlOf(SessionState session, string template)
    {
        var address = new MediaAddress(session.Entry.Cluster, MediaOptions.PathOf(template, session.Order.MediaId), string.Empty);
        return $"{session.Paths.ForEntry(address)}/{address.Cluster}{address.Path}";
    }

    private static string Word(PlaybackState state) => state switch
    {
        PlaybackState.Playing => "playing",
        PlaybackState.Paused => "paused",
        PlaybackState.Stopped => "stopped",
        _ => "buffering",
    };
}

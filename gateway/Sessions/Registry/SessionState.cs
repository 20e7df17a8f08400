using Gateway.Access;
using Gateway.Adaptation.Players;
using Gateway.Adaptation.Serving;
using Gateway.Media;
using Gateway.Prefetch;
using Gateway.Responses;
using Gateway.Responses.History;
using Gateway.Rollout;
using Gateway.Sessions.Limits;
using Gateway.Sessions.Quality;
using Gateway.Timelines;

namespace Gateway.Sessions.Registry;

/// <summary>
/// A session on this node: small, local, and rebuilt from the ticket when a request of an unknown session arrives, so that any node
/// serves any session. Touched by concurrent requests; every field is either immutable or updated atomically.
/// </summary>
internal sealed class SessionState
{
    /// <summary>Of the <see cref="SessionGauges"/> alone, which swaps it.</summary>
    internal int CountedAs = SessionGauges.Nowhere;

    private const int ReportsAtOnce = 8;

    private int _reports;
    private int _hasLeftTable;
    private long _lastActivity;
    private long _written;
    private volatile bool _urgent;
    private volatile bool _own;
    private volatile bool _known;
    private volatile SessionParameters _parameters;
    private StreamPlace? _place;
    private ObservedSession? _observed;

    public SessionState(Guid id, string user, MediaAddress entry, TicketPaths paths, DateTimeOffset now, SessionParameters parameters, Playhead playhead)
    {
        _parameters = parameters;
        Playhead = playhead;
        Id = id;
        User = user;
        Entry = entry;
        Paths = paths;
        Client = parameters.Client;
        Offers = paths.Ticket.MaxKbps > 0 ? new OfferedLadders() : null;
        CreatedAt = now;
        Tracker.BeganWith(entry);
        Touch(now);
    }

    public Guid Id { get; }

    /// <summary>Who watches: a hash of the credential's subject or of the client's address; never the credential.</summary>
    public string User { get; }

    /// <summary>The resource with which the session began.</summary>
    public MediaAddress Entry { get; private set; }

    public TicketPaths Paths { get; }

    /// <summary>The client whose share of this node's table it takes; never changes, whatever is learned later.</summary>
    public ClientOrigin Client { get; }

    public DateTimeOffset CreatedAt { get; }

    /// <summary>What it was opened for; a node that knew it from its ticket only may learn it later.</summary>
    public SessionParameters Parameters => _parameters;

    /// <summary>What is played: by the media that went out, before that by its manifest, before that as it was opened.</summary>
    public PlaybackEngine Engine => Counts.PlaysFile is { } isFile
        ? (isFile ? PlaybackEngine.Direct : PlaybackEngine.Segmented)
        : Tracker.Protocol != StreamingProtocol.File ? PlaybackEngine.Segmented : Parameters.Engine;

    public Playhead Playhead { get; }

    /// <inheritdoc cref="StreamPlace"/>
    internal StreamPlace Place => _place ??= new StreamPlace();

    /// <summary>For the roll-out's comparison.</summary>
    internal ObservedSession Observed => _observed ?? Interlocked.CompareExchange(ref _observed, new ObservedSession(), null) ?? _observed;

    public DateTimeOffset LastActivity => new(Interlocked.Read(ref _lastActivity), TimeSpan.Zero);

    public PlaybackTracker Tracker { get; } = new();

    public SegmentCounts Counts { get; } = new();

    /// <summary>What happened to it; null where nobody keeps it.</summary>
    public SessionHistory? History { get; init; }

    /// <summary>Why it is over; null while it is not.</summary>
    public SessionEnding? Ending { get; set; }

    /// <summary>The player, as it told of itself after the session was opened; null before.</summary>
    public PlayerClass? ReportedPlayer { get; set; }

    /// <summary>What is known of its line and done about it; null where nobody looks.</summary>
    public AdaptedSession? Adapted { get; init; }

    /// <summary>What its ladders show and leave out; null without a bitrate limit.</summary>
    public OfferedLadders? Offers { get; }

    /// <summary>Whether somebody watches: media go out or went out within the time, or the client says that it plays, and nothing says that it does not.</summary>
    public bool IsPlayingAt(DateTimeOffset now, TimeSpan within) =>
        Playhead.ToldPlaying(now, within) ?? (Counts.UnderWay > 0 || now - Counts.LastServedAt < within);

    /// <summary>
    /// Whether one more of the client's reports of starts and handoffs changes metrics. A player reports a few at its beginning, and one now and then when it is reloaded;
    /// a greater number does not come from a viewer.
    /// </summary>
    public bool MayReport(DateTimeOffset now) => Interlocked.Increment(ref _reports) <= ReportsAtOnce + (now - CreatedAt).TotalMinutes;

    /// <summary>True once: for the caller that gives its place in the table back.</summary>
    public bool TryLeaveTable() => Interlocked.Exchange(ref _hasLeftTable, 1) == 0;

    public void Touch(DateTimeOffset now) => Interlocked.Exchange(ref _lastActivity, now.UtcTicks);

    /// <summary>Whether this node counts the session: one of those that serve it does.</summary>
    public bool IsOwn => _own;

    /// <summary>Whether what it was opened for is known, not only what the ticket says.</summary>
    public bool IsKnown => _known;

    public void Own(bool own)
    {
        _own = own;
        if (own) _known = true;
    }

    /// <summary>Takes over what another node knows.</summary>
    public void Learn(SessionParameters parameters, MediaAddress entry)
    {
        if (_known) return;
        _parameters = parameters;
        Entry = entry;
        Tracker.BeganWith(entry);
        _known = true;
    }

    /// <summary>Whether it is due to be written to the session store: at once after a change that was confirmed to a client, else now and then.</summary>
    public bool WantsWriting(DateTimeOffset now, TimeSpan atLeastEvery) =>
        _urgent || (Interlocked.Read(ref _lastActivity) > Interlocked.Read(ref _written) && now.UtcTicks - Interlocked.Read(ref _written) >= atLeastEvery.Ticks);

    /// <summary>Called before it is written: what comes meanwhile is written the next time.</summary>
    public void Writing(DateTimeOffset now)
    {
        _urgent = false;
        Interlocked.Exchange(ref _written, now.UtcTicks);
    }

    /// <summary>It must be written soon.</summary>
    public void MarkUrgent() => _urgent = true;
}

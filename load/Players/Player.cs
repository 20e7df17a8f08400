using Gateway.Load.Links;
using Gateway.Load.Players.Rules;
using Gateway.Load.Players.Titles;

namespace Gateway.Load.Players;

/// <summary>
/// One viewer with one player: opens a title, keeps a buffer by its rules, plays, stalls, and does what the viewer's plan says. The same in virtual and in real time; which of
/// them it is, loop and transport know.
/// </summary>
/// <remarks>Belongs to its loop: no member may be touched from elsewhere. Begins with <see cref="Start"/> and ends by itself, by its plan or by <see cref="Stop"/>.</remarks>
internal sealed partial class Player : IScheduled, ITransferListener
{
    /// <summary>Chromium waits so long for video before it stops audio as well (media::RendererImpl, video underflow threshold of 3000 ms), seconds.</summary>
    private const double LatePicture = 3;

    private const long ActionEvent = 0;
    private const long LeaveEvent = 1;
    private const long SampleEvent = 2;
    private const long RefreshEvent = 3;
    private const long RetryEvent = 4;

    private readonly ITransport _transport;
    private readonly IPlayerObserver? _observer;
    private readonly CmcdWriter? _cmcd;
    private readonly PageReports? _reports;
    private readonly Handover _handover;
    private string _root;
    private string _manifest;
    private Transfer? _opening;
    private int _failures;
    private int _action;
    private double _phaseSince;
    private double _accounted;
    private StallCause _stallCause;
    private double _beganAt = double.NaN;
    private (double At, bool IsZap)? _seek;
    private double? _resumeAt;
    private int _generation;

    /// <param name="plan">What it is to do.</param>
    /// <param name="loop">Its clock and thread.</param>
    /// <param name="transport">Its way out.</param>
    /// <param name="library">Manifests read by all players of the loop.</param>
    /// <param name="observer">Watches; null for none.</param>
    public Player(PlayerPlan plan, EventLoop loop, ITransport transport, ManifestLibrary library, IPlayerObserver? observer = null)
    {
        Plan = plan;
        Loop = loop;
        Library = library;
        _transport = transport;
        _observer = observer;
        _root = plan.Target;
        _manifest = plan.Title;
        _resumeAt = plan.StartAt?.TotalSeconds;
        Rules = RulesCatalog.Make(plan);
        Rules.Attach(this);
        Playhead = new Playhead(this);
        if (plan.Cmcd) _cmcd = new CmcdWriter(this);
        if (plan.Reports) _reports = new PageReports(this);
        _handover = new Handover(this);
    }

    public PlayerPlan Plan { get; }

    public EventLoop Loop { get; }

    public ManifestLibrary Library { get; }

    public PlayerRules Rules { get; }

    public Playhead Playhead { get; }

    public PlayerTally Tally { get; } = new();

    public PlayerPhase Phase { get; private set; }

    /// <summary>Seconds by the loop's clock.</summary>
    public double Now => Loop.Seconds;

    /// <summary>Seconds of media time.</summary>
    public double Position => Playhead.Position;

    /// <summary>Whether it begins, plays or waits; not before its start and not after its end.</summary>
    public bool IsOpen => Phase is not (PlayerPhase.Waiting or PlayerPhase.Ended or PlayerPhase.Failed);

    /// <summary>What the manifest offers; null before it came.</summary>
    public Presentation? Title { get; private set; }

    public TrackLoader? Video { get; private set; }

    /// <summary>Null where audio is muxed.</summary>
    public TrackLoader? Audio { get; private set; }

    /// <summary>Whether the title goes on while it is watched.</summary>
    public bool IsLive => Title is { IsDash: true } ? Title.IsDynamic : Video?.Track is { HasEnd: false };

    /// <summary>Whether it is known where to begin; of a live title that takes a playlist.</summary>
    public bool HasPosition { get; private set; }

    /// <summary>The gateway's session, where an answer named one.</summary>
    public string? SessionId { get; private set; }

    /// <summary>When the viewer pressed Play.</summary>
    public double StartedAt { get; private set; }

    /// <summary>A moment of the loop; seconds are cut to ticks upwards, so that an event never comes before its time.</summary>
    public static TimeSpan At(double seconds) => TimeSpan.FromTicks((long)Math.Ceiling(seconds * TimeSpan.TicksPerSecond));

    /// <summary>Begins now.</summary>
    public void Start()
    {
        StartedAt = Now;
        ChangePhase(PlayerPhase.Starting);
        Playhead.Play();
        Loop.Schedule(Loop.Now + Plan.Stay, this, LeaveEvent);
        if (Plan.Heartbeat is { } every && every > TimeSpan.Zero) new Heartbeats(this, every).Begin();
        Loop.Schedule(At(Now + Tally.SampleSeconds), this, SampleEvent);
        PlanAction();
        Open();
    }

    /// <summary>Ends now, as a viewer who leaves.</summary>
    public void Stop() => End(PlayerPhase.Ended);

    public void Fire(long tag)
    {
        if (!IsOpen) return;
        switch (tag & 7)
        {
            case ActionEvent:
                Act(Plan.Actions[_action++]);
                if (IsOpen) PlanAction();
                break;
            case LeaveEvent:
                End(PlayerPhase.Ended);
                break;
            case SampleEvent:
                Account();
                Tally.Sample(new PlayerSample((float)(Now - StartedAt), (float)(Video?.Ahead ?? 0), Tally.Kbps, Phase));
                Loop.Schedule(At(Now + Tally.SampleSeconds), this, SampleEvent);
                break;
            case RefreshEvent or RetryEvent when tag >> 3 == _generation:
                Open();
                break;
        }
    }

    public void Began(Transfer transfer)
    {
    }

    public void Ended(Transfer transfer)
    {
        Count(transfer, null, null, null);
        ParsedManifest? parsed = null;
        string? ticket = null;
        if (transfer.Succeeded && (parsed = Library.Read(transfer.Body, PathOf(transfer, _manifest), Loop.UtcNow, out ticket)) is null) Tally.Fault(PlayerFault.BadManifest);
        if (parsed is null)
        {
            if (Rules.ManifestFailed(transfer, _failures++).Seconds is not { } seconds) GiveUp();
            else Loop.Schedule(At(Now + seconds), this, RetryEvent | ((long)_generation << 3));
            return;
        }

        _failures = 0;
        _reports?.Manifest();
        Rules.ManifestLoaded(transfer);
        if (ticket is not null) _root = Plan.Target + ManifestText.SessionPath + ticket;
        Opened(parsed);
    }

    /// <summary>A track of the other loader, by which times of a sliding playlist are put on one line.</summary>
    public MediaTrack? OtherTrack(TrackLoader than) => ReferenceEquals(than, Video) ? Audio?.Track : Video?.Track;

    /// <summary>The player will not go on.</summary>
    public void GiveUp() => End(PlayerPhase.Failed);

    private void Open()
    {
        _opening = AskManifest(_manifest, null, null, Rules.ManifestPatience, null, this);
    }

    private void Opened(ParsedManifest parsed)
    {
        var presentation = parsed.Presentation ?? new Presentation { IsDash = false, Video = [new Rung(0, 0, 0, _manifest, null, "")], Audio = [] };
        var isRefresh = Title is not null && Video is not null;
        Title = presentation;
        if (presentation is { IsDynamic: true, UpdatePeriod: { } period })
            Loop.Schedule(At(Now + Math.Max(period, 1)), this, RefreshEvent | ((long)_generation << 3));
        if (isRefresh)
        {
            Video!.Replace(presentation.Video);
            Audio?.Replace(presentation.Audio);
            return;
        }

        Tally.Opened([.. presentation.Video.Select(r => r.Kbps)]);
        Video = new TrackLoader(this, isVideo: true, presentation.Video);
        Audio = presentation.Audio.Length > 0 ? new TrackLoader(this, isVideo: false, presentation.Audio) : null;
        Rules.Opened();
        if (parsed.Track is not null) Video.Know(parsed.Track);
        Video.TickNow();
        Audio?.TickNow();
    }

    private void ChangePhase(PlayerPhase to)
    {
        if (to == Phase) return;
        var spent = At(Now - _phaseSince);
        if (Phase == PlayerPhase.Stalled) Tally.Stalled(new Stall(At(_phaseSince), spent, _stallCause, At(Position)));
        if (Phase == PlayerPhase.Stalled) _reports?.Recovered(to, spent);
        if (Phase == PlayerPhase.Paused) Tally.Paused += spent;
        var from = Phase;
        Phase = to;
        _phaseSince = Now;
        _observer?.PhaseChanged(Plan.Index, from, to, Loop.Now);
    }

    private void End(PlayerPhase how)
    {
        if (!IsOpen) return;
        Account();
        SoughtInVain();
        var early = Tally.StartUp is null && how == PlayerPhase.Ended;
        _reports?.Left(how);
        Playhead.Stand();
        ChangePhase(how);
        if (_opening is { IsOver: false }) _opening.Cancel();
        Video?.Stop();
        Audio?.Stop();
        Result = Tally.Result(Plan, At(StartedAt), Loop.Now, how, early);
        _observer?.Finished(Result);
    }

    /// <summary>What it went through; null before it ended.</summary>
    public PlayerResult? Result { get; private set; }
}

using Gateway.Load.Links;
using Gateway.Load.Players.Rules;
using Gateway.Load.Players.Titles;
using Gateway.Media;

namespace Gateway.Load.Players;

/// <summary>
/// One viewer with one player: opens a title, keeps a buffer by its rules, plays, stalls, and does what the viewer's plan says. The same in virtual and in real time; which of
/// them it is, loop and transport know.
/// </summary>
/// <remarks>Belongs to its loop: no member may be touched from elsewhere. Begins with <see cref="Start"/> and ends by itself, by its plan or by <see cref="Stop"/>.</remarks>
internal sealed class Player : IScheduled, ITransferListener
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
        _reports?.Manifest();
        ParsedManifest? parsed = null;
        string? ticket = null;
        if (transfer.Succeeded && (parsed = Library.Read(transfer.Body, _manifest, Loop.UtcNow, out ticket)) is null) Tally.Fault(PlayerFault.BadManifest);
        if (parsed is null)
        {
            if (_failures >= Rules.Retries.Tries || (transfer.Status is >= 400 and < 500 and not 429 && !Rules.Retries.ClientErrors)) GiveUp();
            else Loop.Schedule(At(Now + Rules.Retries.Delay(_failures++)), this, RetryEvent | ((long)_generation << 3));
            return;
        }

        _failures = 0;
        Rules.ManifestLoaded(transfer);
        if (ticket is not null) _root = Plan.Target + ManifestText.SessionPath + ticket;
        Opened(parsed);
    }

    /// <summary>
    /// Seconds that the playhead can go on: as far as sound goes, for it is sound that makes the time. Where only the picture is missing, browsers let the sound play on for a
    /// while and drop the frames that then come too late. Infinite when all that is left is buffered but for the end itself.
    /// </summary>
    public double PlayableAhead(double position)
    {
        var ahead = Video!.Buffer.Ahead(position);
        if (Audio is null) return ahead;
        var audio = Audio.Buffer.Ahead(position);
        if (Video.IsEnded && Audio.IsEnded) return Math.Max(ahead, audio);
        if (Video.IsEnded) return ahead > 0 ? Math.Min(ahead, audio) : audio;
        var late = Video.Buffer.IsEmpty ? 0 : Math.Max(Video.Buffer.End + LatePicture - position, 0);
        return Audio.IsEnded && audio <= 0 ? ahead : Math.Min(late, audio);
    }

    /// <summary>Whether there is enough to begin, or to go on.</summary>
    public bool HasEnoughToMove(double position, double least)
    {
        if (!HasPosition || Video is null) return false;
        var needed = Math.Max(least, Tally.StartUp is null ? Rules.StartSeconds : Rules.ResumeSeconds);
        return Has(Video, position, needed) && (Audio is null || Has(Audio, position, needed));
    }

    /// <summary>Where a title that does not say is begun.</summary>
    public void BeginAt(MediaTrack track)
    {
        var position = _resumeAt ?? track.Start;
        if (Title!.IsDynamic || (!Title.IsDash && !track.HasEnd))
        {
            var edge = Title.AvailabilityStart is { } zero ? (Loop.UtcNow - zero).TotalSeconds : track.Edge;
            position = Math.Max(edge - (Title.Delay ?? Rules.LiveDelay(track)), Title.IsDash ? 0 : track.Start);
        }

        HasPosition = true;
        _resumeAt = null;
        Playhead.MoveTo(position);
        _accounted = position;
        Video!.StartAt(position);
        Audio?.StartAt(position);
    }

    /// <summary>A track of the other loader, by which times of a sliding playlist are put on one line.</summary>
    public MediaTrack? OtherTrack(TrackLoader than) => ReferenceEquals(than, Video) ? Audio?.Track : Video?.Track;

    /// <summary>Media came into a buffer, or its end is known.</summary>
    public void MediaCame(TrackLoader loader)
    {
        if (loader.IsVideo) _reports?.Segment();
        if (IsLive && !loader.IsEnded && loader.Track is { } track && !Title!.IsDash && Position < track.Start - track.Target)
        {
            // What the viewer stood at has left the playlist: players jump to where they would begin.
            HasPosition = false;
            BeginAt(track);
            return;
        }

        if (!Playhead.IsMoving) JumpHole();
        Playhead.Look();
    }

    /// <summary>Media begins behind the playhead: a gap, or the beginning of a window that went by. Players go there.</summary>
    private void JumpHole()
    {
        if (!HasPosition || Video!.Buffer.IsEmpty || Audio is { Buffer.IsEmpty: true }) return;
        var start = Math.Max(Video.Buffer.Start, Audio?.Buffer.Start ?? 0);
        if (Position >= start - TrackBuffer.Hole) return;
        Playhead.MoveTo(start);
        _accounted = start;
    }

    /// <summary>The picture begins to move.</summary>
    public void Moved()
    {
        if (double.IsNaN(_beganAt))
        {
            _beganAt = Now;
            Tally.StartUp = Loop.Now - Plan.IntendedStart;
            _reports?.Audible();
        }

        if (_seek is { } seek)
        {
            Tally.Sought(new SeekTime(At(seek.At), At(Now - seek.At), seek.IsZap));
            _seek = null;
        }

        _accounted = Position;
        ChangePhase(PlayerPhase.Playing);
        Rules.Moving();
    }

    /// <summary>Nothing is left to play.</summary>
    public void RanDry()
    {
        Account();
        Playhead.Stand();
        if (Video!.IsEnded && Audio is null or { IsEnded: true })
        {
            End(PlayerPhase.Ended);
            return;
        }

        _stallCause = (Video.IsEnded || Video.Ahead > 0.05) && Audio is not null ? Audio.Missing : Video.Missing;
        ChangePhase(PlayerPhase.Stalled);
        _reports?.Stalled();
        Rules.Stalled();
        Playhead.Look();
    }

    /// <summary>The player will not go on.</summary>
    public void GiveUp() => End(PlayerPhase.Failed);

    /// <summary>Asks for media.</summary>
    public Transfer Ask(TransferKind kind, MediaSegment what, TrackLoader loader, int tag, Rung rung)
    {
        var request = RequestFor(kind, what.Path!) with { Range = what.Range, Cmcd = _cmcd?.Media(kind, what, loader, rung) };
        return _transport.Send(request, loader, tag);
    }

    /// <summary>Asks for a playlist or an index.</summary>
    public Transfer AskManifest(string path, ByteRange? range, string? directives, TimeSpan? patience, ITransferListener listener)
    {
        var request = RequestFor(TransferKind.Manifest, path) with { Range = range, Directives = directives, Patience = patience, KeepBody = true, Cmcd = _cmcd?.Manifest() };
        return _transport.Send(request, listener, 0);
    }

    /// <summary>Asks the control plane.</summary>
    public void Control(string method, string path, string? json, ITransferListener listener)
    {
        Tally.Requests++;
        var request = new TransferRequest { Kind = TransferKind.Control, Root = Plan.Target, Path = path, Method = method, Json = json, KeepBody = true, Token = Plan.Token };
        _transport.Send(request, listener, 0);
    }

    /// <summary>Counts an exchange that is over.</summary>
    public void Count(Transfer transfer, TrackLoader? loader, MediaSegment? segment, Rung? rung)
    {
        Tally.Requests++;
        Tally.Bytes += transfer.Received;
        if (FaultKinds.Of(transfer) is { } fault) Tally.Fault(fault);
        if (transfer.Fields.SessionId is { } session) SessionId = session;
        if (segment is null || loader is null || rung is null)
        {
            _observer?.Exchanged(Plan.Index, transfer);
            return;
        }

        if (transfer.Request.Kind != TransferKind.Init && transfer.Succeeded)
        {
            Tally.Segments++;
            Tally.Served(transfer.Fields.ServedFrom);
        }

        _observer?.SegmentLoaded(new SegmentLoad(
            Plan.Index, loader.IsVideo, segment.Sequence, TimeSpan.FromSeconds(segment.Start), TimeSpan.FromSeconds(segment.Duration), rung.Index, rung.Kbps,
            transfer.SentAt, transfer.BeganAt, transfer.EndedAt ?? Loop.Now, transfer.Received, transfer.Request.Kind, transfer.End, transfer.Status, transfer.Fields.ServedFrom));
    }

    /// <summary>Compares what came with what was announced and with what the title is known to be.</summary>
    public void CheckBytes(Transfer transfer, MediaSegment segment)
    {
        if (transfer.Length is { } length && transfer.Received != length) Tally.Fault(PlayerFault.WrongLength);
        if (transfer.Checksum is { } sum && Plan.Checksums is { } known && known.TryGetValue(segment.Path!, out var right) && right != sum) Tally.Fault(PlayerFault.WrongBytes);
    }

    /// <summary>Goes on with another manifest, at the same place or at its beginning.</summary>
    public void OpenInstead(string manifest, double? position)
    {
        CloseTitle();
        _manifest = manifest;
        _root = Plan.Target;
        _resumeAt = position;
        Open();
    }

    /// <summary>The viewer waits for the picture from now on, and not because of a stall.</summary>
    public void BeginSeek(bool isZap)
    {
        Account();
        if (_seek is { } before) Tally.Sought(new SeekTime(At(before.At), null, before.IsZap));
        _seek = (Now, isZap);
        if (Phase is PlayerPhase.Playing or PlayerPhase.Stalled) ChangePhase(PlayerPhase.Seeking);
    }

    private static bool Has(TrackLoader loader, double position, double needed) => loader.Ahead >= needed || (loader.IsEnded && (loader.Buffer.Holds(position) || position >= loader.Buffer.End));

    private void Open()
    {
        _opening = AskManifest(_manifest, null, null, null, this);
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

    private void CloseTitle()
    {
        Account();
        _generation++;
        if (_opening is { IsOver: false }) _opening.Cancel();
        Video?.Stop();
        Audio?.Stop();
        Video = Audio = null;
        Title = null;
        HasPosition = false;
        _failures = 0;
        Playhead.MoveTo(0);
    }

    private void PlanAction()
    {
        if (_action < Plan.Actions.Length) Loop.Schedule(At(StartedAt) + Plan.Actions[_action].At, this, ActionEvent);
    }

    private void Act(in ViewerAction action)
    {
        switch (action.Deed)
        {
            case ViewerDeed.Pause:
                Account();
                Playhead.Pause();
                ChangePhase(PlayerPhase.Paused);
                break;
            case ViewerDeed.Resume:
                if (Phase == PlayerPhase.Paused) ChangePhase(double.IsNaN(_beganAt) ? PlayerPhase.Starting : PlayerPhase.Seeking);
                Playhead.Play();
                break;
            case ViewerDeed.Seek when HasPosition:
                BeginSeek(isZap: false);
                Playhead.MoveTo(action.Position.TotalSeconds);
                _accounted = action.Position.TotalSeconds;
                Rules.Seeked();
                Video!.StartAt(_accounted);
                Audio?.StartAt(_accounted);
                Playhead.Look();
                break;
            case ViewerDeed.Zap:
                BeginSeek(isZap: true);
                OpenInstead(action.Title ?? _manifest, null);
                break;
            case ViewerDeed.HandOver:
                _handover.Begin();
                break;
            case ViewerDeed.Abandon:
                Abandon();
                break;
            case ViewerDeed.Leave:
                End(PlayerPhase.Ended);
                break;
        }
    }

    /// <summary>Nobody is told: connections just break.</summary>
    private void Abandon()
    {
        _reports?.Gone();
        End(PlayerPhase.Ended);
    }

    private TransferRequest RequestFor(TransferKind kind, string path) =>
        path[0] == '~'
            ? new TransferRequest { Kind = kind, Root = _root, Path = path[1..], Method = "GET" }
            : new TransferRequest { Kind = kind, Root = Plan.Target, Path = path, Method = "GET", Token = Plan.Token };

    /// <summary>Books what went over the screen since the last time.</summary>
    private void Account()
    {
        if (!Playhead.IsMoving || Video is null) return;
        var now = Position;
        double? latency = IsLive ? Latency() : null;
        while (_accounted < now && Video.Buffer.TryFind(_accounted, out var run))
        {
            if (run.Start > _accounted + TrackBuffer.Hole)
            {
                var until = Math.Min(run.Start, now);
                Tally.SoundOnly += until - _accounted;
                _accounted = until;
                continue;
            }

            var end = Math.Min(run.End, now);
            if (end <= _accounted) break;
            Tally.Show(run.Rung, end - _accounted, latency);
            _accounted = end;
        }

        if (now > _accounted) Tally.SoundOnly += now - _accounted;
        _accounted = now;
    }

    private double? Latency()
    {
        if (Title!.AvailabilityStart is { } zero) return (Loop.UtcNow - zero).TotalSeconds - Position;
        return Video!.Track is { Shift: > 1e8 } ? (Loop.UtcNow - DateTimeOffset.UnixEpoch).TotalSeconds - Position : null;
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
        if (_seek is { } seek) Tally.Sought(new SeekTime(At(seek.At), null, seek.IsZap));
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

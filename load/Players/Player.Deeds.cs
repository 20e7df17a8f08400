namespace Gateway.Load.Players;

/// <content>What the viewer's plan says.</content>
internal sealed partial class Player
{
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
        SoughtInVain();
        _seek = (Now, isZap);
        if (Phase is PlayerPhase.Playing or PlayerPhase.Stalled) ChangePhase(PlayerPhase.Seeking);
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

    /// <summary>Does a deed now.</summary>
    public void Act(in ViewerAction action)
    {
        switch (action.Deed)
        {
            case ViewerDeed.Pause:
                Account();
                Playhead.Pause();
                ChangePhase(PlayerPhase.Paused);
                break;
            case ViewerDeed.Resume:
                Resume();
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

    /// <summary>The wait of somebody who sought before or in the pause begins now; who did not and finds nothing to play stands as in any other stall.</summary>
    private void Resume()
    {
        if (Phase == PlayerPhase.Paused)
        {
            if (_seek is { } seek) _seek = seek with { At = Now };
            if (double.IsNaN(_beganAt)) ChangePhase(PlayerPhase.Starting);
            else if (_seek is not null || Video is null || HasEnoughToMove(Position, Playhead.Least)) ChangePhase(PlayerPhase.Seeking);
            else Stall();
        }

        Playhead.Play();
    }

    /// <summary>What ends a seek before its picture; in a pause nobody waits for one.</summary>
    private void SoughtInVain()
    {
        if (_seek is { } seek && Phase != PlayerPhase.Paused) Tally.Sought(new SeekTime(At(seek.At), null, seek.IsZap) { Waited = At(Now - seek.At) });
    }

    /// <summary>Nobody is told: connections just break.</summary>
    private void Abandon()
    {
        _reports?.Gone();
        End(PlayerPhase.Ended);
    }
}

using Gateway.Load.Links;
using Gateway.Load.Players.Rules;
using Gateway.Load.Players.Titles;
using Gateway.Timelines;

namespace Gateway.Load.Players;

/// <content>One segment, from its request to the buffer.</content>
internal sealed partial class TrackLoader
{
    public void Began(Transfer transfer)
    {
    }

    public void Ended(Transfer transfer)
    {
        _player.Count(transfer, this, transfer.Tag == MediaTag ? _segment : _segment?.Init, _rung);
        if (transfer.Tag == InitTag) _init = null;
        if (!transfer.Succeeded)
        {
            Failed(transfer);
            return;
        }

        if (transfer.Tag == InitTag)
        {
            if (!_rules.KeepsInits) _inits.Clear();
            _inits.Add(_segment!.Init!);
            _rules.Loaded(this, _segment.Init!, _rung!, transfer);
            if (_media is null) SendMedia();
            else if (_media.IsOver) BeginAppend();
            return;
        }

        _failures = 0;
        LastLoaded = _rung!.Index;
        _rules.Loaded(this, _segment!, _rung, transfer);
        if (_init is null) BeginAppend();
    }

    private void Load(MediaSegment segment, Rung rung)
    {
        _segment = segment;
        _rung = rung;
        _rules.Requested(this, segment, rung);
        if (segment.Init is { Path: not null } init && !_inits.Contains(init))
        {
            _init = _player.Ask(TransferKind.Init, init, this, InitTag, rung);
            if (!_rules.ParallelInit) return;
        }

        SendMedia();
    }

    private void SendMedia()
    {
        var kind = _segment!.Kind == EntryKind.Segment ? TransferKind.Segment : TransferKind.Part;
        _version++;
        _media = _player.Ask(kind, _segment, this, MediaTag, _rung!);
        PollLater();
    }

    private void PollLater()
    {
        if (_rules.PollIn(this, _segment!, _rung!, _media!) is var wait and > 0) _player.Loop.Schedule(Player.At(_player.Now + wait), this, (_version << 2) | PollEvent);
    }

    private void Poll()
    {
        var instead = _rules.Poll(this, _segment!, _rung!, _media!);
        if (instead == PlayerRules.TimedOut)
        {
            _player.Tally.Fault(PlayerFault.TimedOut);
            Failed(_media!);
            return;
        }

        if (instead < 0)
        {
            PollLater();
            return;
        }

        _player.Tally.Abandoned++;
        CancelMedia();
        TickNow();
    }

    /// <summary>Drops the request under way, if there is one, and asks again; what came whole is kept.</summary>
    public void Restart()
    {
        if (_media is not { IsOver: false }) return;
        _player.Tally.Abandoned++;
        CancelMedia();
        TickNow();
    }

    private void BeginAppend()
    {
        _appending = true;
        _version++;
        _player.Loop.Schedule(Player.At(_player.Now + _rules.AppendSeconds), this, (_version << 2) | AppendEvent);
    }

    private void Append()
    {
        var (transfer, segment) = (_media!, _segment!);
        _appending = false;
        _media = null;

        // A hinted part has no duration yet: what is listed instead of it in the next playlist is taken from there.
        var end = segment.Duration > 0 ? segment.End : segment.Start + (Track?.PartTarget ?? 0);
        if (IsVideo && !Buffer.IsEmpty && _player.Position > Buffer.End) _rules.CameLate(_player.Position - Buffer.End);
        Buffer.Append(segment.Start, end, _rung!.Index);
        Buffer.Forget(_player.Position - 30);
        LoadPosition = end;
        _rules.Appended(this, segment, _rung, transfer);
        if (Track is { HasEnd: true } track && LoadPosition > track.End - Tolerance) IsEnded = true;
        _player.MediaCame(this);
        Tick();
    }

    private void Failed(Transfer transfer)
    {
        if (transfer.Tag == MediaTag || _media is { IsOver: false }) CancelMedia();
        var recovery = _rules.SegmentFailed(this, _segment!, _rung!, transfer, _failures++);
        if (recovery.Seconds is not { } seconds)
        {
            _player.GiveUp();
            return;
        }

        if (recovery.Skips) Skip(_segment!);
        _again = _player.Now + seconds;
        TickAt(_again);
    }

    /// <summary>Leaves a segment out as if it were listed as a gap; who stands in front of it jumps to what comes behind.</summary>
    private void Skip(MediaSegment segment)
    {
        if (Ahead > 0) Buffer.Append(segment.Start, segment.End, Math.Max(LastLoaded, 0));
        LoadPosition = segment.End;
    }

    private void CancelMedia()
    {
        if (_init is { IsOver: false }) _init.Cancel();
        _init = null;
        if (_media is { IsOver: false } media)
        {
            media.Cancel();
            _player.Tally.WastedBytes += media.Received;
            _player.Count(media, this, _segment, _rung);
        }

        _media = null;
        _held = null;
        _appending = false;
        _version++;
    }
}

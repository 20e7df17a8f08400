using Gateway.Load.Players.Titles;

namespace Gateway.Load.Players;

/// <content>The picture: what it can play, where it begins, stands and goes on.</content>
internal sealed partial class Player
{
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
            Tally.Sought(new SeekTime(At(seek.At), At(Now - seek.At), seek.IsZap) { Waited = At(Now - seek.At) });
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

        Stall();
        Playhead.Look();
    }

    private void Stall()
    {
        _stallCause = (Video!.IsEnded || Video.Ahead > 0.05) && Audio is not null ? Audio.Missing : Video.Missing;
        ChangePhase(PlayerPhase.Stalled);
        _reports?.Stalled();
        Rules.Stalled();
    }

    private static bool Has(TrackLoader loader, double position, double needed) => loader.Ahead >= needed || (loader.IsEnded && (loader.Buffer.Holds(position) || position >= loader.Buffer.End));

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
}

using Gateway.Adaptation;

namespace Gateway.Sessions.Quality;

/// <summary>
/// A session's position and quality of experience: from heartbeats and events where the client sends them, else from its requests and CMCD. Thread-safe; one lock
/// per session protects all fields and covers field work only.
/// </summary>
/// <remarks>
/// Precedence: stalls that a client reports go before those inferred from CMCD (<see cref="StallCount"/>). The last heartbeat's position holds until the next; media requests only show that playback goes on. Of two nodes that each
/// got a heartbeat, the later one is right: a position goes with the moment at which it was reported. Where a client sends no heartbeats, what it asks for tells where it
/// plays (<see cref="PlayheadSnapshot.AskedSec"/>), which is enough to show and too coarse to go on at.
/// </remarks>
/// <param name="minBeforePlay">Media that must have been asked for before the session counts as playing …</param>
/// <param name="minSegments">… or so many segments, whichever comes first.</param>
internal sealed class Playhead(TimeSpan minBeforePlay, int minSegments)
{
    /// <summary>Most play time that is counted between two requests: nobody watched during a longer silence.</summary>
    private static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(60);

    /// <summary>Who has media left asks for nothing while the end of the title plays; a viewer who left counts as playing for no longer than this.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(2);

    private readonly Lock _lock = new();
    private readonly StallCount _stalls = new();
    private PlaybackState _state = PlaybackState.Buffering;
    private double _positionSec;
    private double _bufferedUntilSec;
    private DateTimeOffset _positionAt = DateTimeOffset.UnixEpoch;
    private bool _isPlaying;
    private bool _beats;
    private bool _beatElsewhere;
    private int _segments;
    private int _asked;
    private TimeSpan _media;
    private AskedSpan _video;
    private AskedSpan _sound;
    private int _bitrateKbps;
    private int _throughputKbps;
    private int _switches;
    private TimeSpan _watched;
    private DateTimeOffset? _lastBeat;
    private DateTimeOffset? _lastAsked;
    private double? _askedSec;
    private DateTimeOffset _mediaLasts = DateTimeOffset.MinValue;

    public PlayheadSnapshot Snapshot
    {
        get
        {
            lock (_lock)
            {
                return new PlayheadSnapshot
                {
                    State = _state,
                    PositionSec = _positionSec,
                    PositionAt = _positionAt,
                    AskedSec = _askedSec,
                    HasBeats = _beats || _beatElsewhere,
                    IsPlaying = _isPlaying,
                    BufferedUntilSec = _bufferedUntilSec,
                    BitrateKbps = _bitrateKbps,
                    ThroughputKbps = _throughputKbps,
                    QualitySwitches = _switches,
                    Stalls = _stalls.Count,
                    Stalled = _stalls.Total,
                    Watched = _watched,
                    HasBegun = _segments > 0 || _beats,
                };
            }
        }
    }

    /// <inheritdoc cref="PlayheadSnapshot.HasBegun"/>
    public bool HasBegun
    {
        get
        {
            lock (_lock) return _segments > 0 || _beats;
        }
    }

    /// <summary>Whether the client says that it plays, or has media left by what it says of its buffer; null where it says nothing that is younger than <paramref name="within"/>.</summary>
    public bool? ToldPlaying(DateTimeOffset now, TimeSpan within)
    {
        lock (_lock)
        {
            if (_state is PlaybackState.Stopped or PlaybackState.Paused) return false;
            if (_lastBeat is { } beat && now - beat < within) return _isPlaying;
            return now < _mediaLasts ? true : null;
        }
    }

    /// <summary>Sets the position at which a session is opened, or at which another node knew it at some moment.</summary>
    /// <param name="positionSec">Seconds from the title's beginning.</param>
    /// <param name="isPlaying">Whether it moves from there.</param>
    /// <param name="at">When it was known.</param>
    /// <param name="isElsewhere">Another node knew it: what is asked for here does not move it until a heartbeat comes, since there heartbeats came.</param>
    public void Place(double positionSec, bool isPlaying, DateTimeOffset at, bool isElsewhere = false)
    {
        lock (_lock)
        {
            _beatElsewhere |= isElsewhere;
            if (at < _positionAt) return;
            _positionSec = positionSec;
            _isPlaying = isPlaying;
            _positionAt = at;
        }
    }

    /// <summary>The client reports its position and state.</summary>
    public PlayheadChange Heartbeat(double positionSec, bool isPlaying, double bufferedUntilSec, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (_state == PlaybackState.Stopped) return default;
            var elapsed = Since(ref _lastBeat, now);
            // Forward and not faster than double speed: watched. Everything else is a seek.
            var step = TimeSpan.FromSeconds(Math.Clamp(positionSec - _positionSec, 0, 1e6));
            var watched = _beats && _isPlaying && step <= 2 * elapsed + TimeSpan.FromSeconds(1) ? Min(step, LongestStep) : TimeSpan.Zero;
            _beats = true;
            _positionAt = now;
            _positionSec = positionSec;
            _bufferedUntilSec = bufferedUntilSec;
            _isPlaying = isPlaying;
            _state = !isPlaying ? PlaybackState.Paused : bufferedUntilSec > positionSec ? PlaybackState.Playing : PlaybackState.Buffering;
            _watched += watched;
            return new PlayheadChange { Watched = watched };
        }
    }

    /// <summary>A media segment was asked for.</summary>
    /// <param name="report">What the player said with the request, if anything.</param>
    /// <param name="start">Media time at which the segment begins; null when no timeline tells.</param>
    /// <param name="duration">How long it plays; null when unknown.</param>
    /// <param name="now">When.</param>
    public PlayheadChange Asked(CmcdReport? report, TimeSpan? start, TimeSpan? duration, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (_state == PlaybackState.Stopped) return default;
            _asked++;
            var silence = Since(ref _lastAsked, now);
            var watched = _beats || _state != PlaybackState.Playing ? TimeSpan.Zero : Min(silence, LongestStep);
            var change = new PlayheadChange();
            var isVideo = report?.ObjectType is null or "v" or "av";
            var length = duration ?? (report?.DurationMs is { } ms ? TimeSpan.FromMilliseconds(ms) : null);
            if (report is not null)
            {
                var continues = start is not { } at || (isVideo ? _video : _sound).IsFollowedBy(at);
                change = Notice(report, continues, now);
            }

            if (report?.BufferMs is { } buffer) _mediaLasts = now + Min(TimeSpan.FromMilliseconds(buffer) + (length ?? TimeSpan.Zero), LongestSilence);
            if (isVideo)
            {
                _segments++;
                _media += length ?? TimeSpan.Zero;
                if (start is { } begin)
                {
                    // What lies in the buffer has yet to be played.
                    _askedSec = Math.Max(0, begin.TotalSeconds - ((report?.BufferMs ?? 0) / 1000d));
                    _video.Take(begin, length);
                }
            }
            else if (start is { } begin)
            {
                _sound.Take(begin, length);
            }

            Turn(report, change);
            _watched += watched;
            return change with { Watched = watched };
        }
    }

    /// <summary>An init section was asked for.</summary>
    public void AskedInit(CmcdReport report)
    {
        lock (_lock) _stalls.LookAtInit(report);
    }

    /// <summary>The client reports a stall.</summary>
    /// <returns>Whether it is a new one.</returns>
    public bool StallReported(DateTimeOffset now)
    {
        lock (_lock)
        {
            if (_state == PlaybackState.Stopped) return false;
            var isNew = _stalls.TryReport(_asked, now);
            if (isNew is null) return false;
            if (_state == PlaybackState.Playing) _state = PlaybackState.Buffering;
            return isNew.Value;
        }
    }

    /// <summary>The client reports how long playback stalled.</summary>
    /// <returns>How much of that was not counted before: CMCD may have told of the same stall.</returns>
    /// <param name="stalled">As the client says.</param>
    /// <param name="age">How old the session is: its stalls cannot add up to more.</param>
    public TimeSpan StallEndReported(TimeSpan stalled, TimeSpan age)
    {
        lock (_lock)
        {
            if (_state == PlaybackState.Stopped) return TimeSpan.Zero;
            var more = _stalls.EndReported(stalled, age);
            if (_state == PlaybackState.Buffering) _state = PlaybackState.Playing;
            return more;
        }
    }

    /// <summary>Ends the session for good.</summary>
    /// <returns>False when it was over already.</returns>
    public bool Stop()
    {
        lock (_lock)
        {
            if (_state == PlaybackState.Stopped) return false;
            _state = PlaybackState.Stopped;
            _isPlaying = false;
            return true;
        }
    }

    private PlayheadChange Notice(CmcdReport report, bool continues, DateTimeOffset now)
    {
        var change = new PlayheadChange();
        _throughputKbps = report.ThroughputKbps ?? _throughputKbps;
        if (report.ObjectType is "v" or "av" && report.BitrateKbps is > 0 and var kbps && kbps != _bitrateKbps)
        {
            if (_bitrateKbps > 0)
            {
                change = change with { SwitchedFromKbps = _bitrateKbps, SwitchedToKbps = kbps };
                _switches++;
            }

            _bitrateKbps = kbps;
        }

        var sign = _stalls.Look(report, continues, now, out var stalled);
        return change with { Stall = sign, Stalled = stalled };
    }

    private void Turn(CmcdReport? report, in PlayheadChange change)
    {
        if (_beats) return;
        var enough = _segments >= minSegments || _media >= minBeforePlay;
        _state = report?.State switch
        {
            "a" or "e" => PlaybackState.Paused,
            "s" or "r" or "w" or "k" or "d" => PlaybackState.Buffering,
            "p" => PlaybackState.Playing,
            _ when report is { PlaybackRate: 0, Startup: false } => PlaybackState.Paused,
            _ when change.Stall == StallSign.Began => PlaybackState.Buffering,
            _ => enough ? PlaybackState.Playing : PlaybackState.Buffering,
        };
        _isPlaying = _state == PlaybackState.Playing;
    }

    private static TimeSpan Since(ref DateTimeOffset? last, DateTimeOffset now)
    {
        var elapsed = now - (last ?? now);
        last = now;
        return elapsed < TimeSpan.Zero ? TimeSpan.Zero : elapsed;
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}

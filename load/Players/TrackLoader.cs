using System.Collections.Immutable;
using Gateway.Load.Links;
using Gateway.Load.Players.Rules;
using Gateway.Load.Players.Titles;
using Gateway.Timelines;

namespace Gateway.Load.Players;

/// <summary>
/// Fetches one kind of media, video or audio, one segment after the other: asks the rules which rung and whether it is time, gets playlist and initialisation section where they
/// are missing, loads, appends, and begins again.
/// </summary>
/// <remarks>There is one media request at a time, as with all three players; the playlist of a live stream is reloaded beside it, see <see cref="PlaylistFeed"/>.</remarks>
internal sealed partial class TrackLoader : IScheduled, ITransferListener
{
    private const int InitTag = 0;
    private const int MediaTag = 1;

    private const long TickEvent = 0;
    private const long AppendEvent = 1;
    private const long PollEvent = 2;

    /// <summary>Two renditions, or two versions of a playlist, agree about a time if they differ by less, in seconds.</summary>
    private const double Tolerance = 0.05;

    /// <summary>Nobody looks more often than every millisecond; without a bound a rest of rounding would be waited for tick by tick.</summary>
    private const double LeastWait = 0.001;

    private readonly Player _player;
    private readonly PlayerRules _rules;
    private readonly PlaylistFeed _feed;
    private readonly HashSet<MediaSegment> _inits = [];
    private Transfer? _media;
    private Transfer? _init;
    private MediaSegment? _segment;
    private Rung? _rung;
    private MediaSegment? _held;
    private bool _appending;
    private long _version;
    private double _tickAt = double.PositiveInfinity;
    private int _failures;
    private double _again;

    public TrackLoader(Player player, bool isVideo, ImmutableArray<Rung> rungs)
    {
        _player = player;
        _rules = player.Rules;
        IsVideo = isVideo;
        Rungs = rungs;
        _feed = new PlaylistFeed(player, this);
    }

    /// <summary>Video, or what there is instead of it; else audio beside video.</summary>
    public bool IsVideo { get; }

    /// <summary>From the lowest.</summary>
    public ImmutableArray<Rung> Rungs { get; private set; }

    public TrackBuffer Buffer { get; } = new();

    /// <summary>Rung of the present or last request; -1 before the first.</summary>
    public int Current { get; private set; } = -1;

    /// <summary>Rung of the last segment that came; -1 before the first.</summary>
    public int LastLoaded { get; private set; } = -1;

    /// <summary>Media time from which on something is missing, seconds.</summary>
    public double LoadPosition { get; private set; }

    /// <summary>The last segment of the title is in the buffer.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>Seconds in the buffer from the playhead on.</summary>
    public double Ahead => Buffer.Ahead(_player.Position);

    /// <summary>The segment being loaded; null without one.</summary>
    public MediaSegment? Loading => _media is null ? null : _segment;

    /// <summary>Its exchange.</summary>
    public Transfer? Exchange => _media;

    /// <summary>The segments of a rung, as far as they are known.</summary>
    public MediaTrack? TrackOf(int rung) => _feed.TrackOf(Rungs[rung]);

    /// <summary>The segments of the present rung; of any other before there is one.</summary>
    public MediaTrack? Track => _feed.Latest;

    /// <summary>What a stalled viewer waits for.</summary>
    public StallCause Missing =>
        _init is not null && _media is null ? StallCause.Init
        : _media is not null || _appending ? StallCause.Segment
        : _feed.IsWaiting ? StallCause.Manifest
        : StallCause.Segment;

    /// <summary>The manifest itself was the media playlist.</summary>
    public void Know(MediaTrack track) => _feed.Know(0, track);

    /// <summary>A newer MPD lists other segments.</summary>
    public void Replace(ImmutableArray<Rung> rungs)
    {
        if (rungs.Length != Rungs.Length) Current = LastLoaded = -1;
        Rungs = rungs;
        _feed.Replaced();
        TickNow();
    }

    /// <summary>Begins, or goes on, at a media time; what is buffered there stays.</summary>
    public void StartAt(double position)
    {
        CancelMedia();
        if (!Buffer.Holds(position)) Buffer.Clear();
        LoadPosition = Buffer.IsEmpty ? position : Buffer.End;
        IsEnded = false;
        _failures = 0;
        _again = 0;
        TickNow();
    }

    public void Stop()
    {
        CancelMedia();
        _feed.Stop();
        _version++;
        IsEnded = true;
    }

    /// <summary>Loads again from a media time on; what is buffered there is replaced as the new segments come.</summary>
    public void GoBackTo(double position)
    {
        _player.Tally.WastedBytes += (long)(Math.Max(LoadPosition - position, 0) * (LastLoaded < 0 ? 0 : Rungs[LastLoaded].AverageBandwidth) / 8);
        LoadPosition = position;
        IsEnded = false;
    }

    /// <summary>Has the loader look again as soon as the present event is over.</summary>
    public void TickNow() => TickAt(_player.Now);

    /// <summary>A playlist or index came for which it waited.</summary>
    public void Listed() => TickNow();

    public void Fire(long tag)
    {
        switch (tag & 3)
        {
            case TickEvent:
                // One that was moved forward fires for both moments; the later finds nothing to do.
                if (_player.Now + 1e-7 < _tickAt) return;
                _tickAt = double.PositiveInfinity;
                Tick();
                break;
            case AppendEvent when tag >> 2 == _version:
                Append();
                break;
            case PollEvent when tag >> 2 == _version && _media is { IsOver: false }:
                Poll();
                break;
        }
    }

    private void TickAt(double at)
    {
        if (at >= _tickAt) return;
        _tickAt = at;
        _player.Loop.Schedule(Player.At(at), this, TickEvent);
    }

    private void Tick()
    {
        if (_media is not null || _init is not null || _appending || IsEnded || !_player.IsOpen) return;
        if (_again > _player.Now + 1e-7)
        {
            TickAt(_again);
            return;
        }

        if (_held is { } held)
        {
            _held = null;
            Load(held, Rungs[Current]);
            return;
        }

        var waitsFirst = _rules.WaitsFirst && Current >= 0;
        var rung = Rungs[waitsFirst ? Current : Choose()];
        Current = rung.Index;
        if (_feed.Fresh(rung) is not { } track) return;
        if (!_player.HasPosition) _player.BeginAt(track);
        var wait = _rules.Wait(this, rung);
        if (wait > 0)
        {
            if (double.IsFinite(wait)) TickAt(_player.Now + Math.Max(wait, LeastWait));
            return;
        }

        if (waitsFirst)
        {
            rung = Rungs[Choose()];
            Current = rung.Index;
            if (_feed.Fresh(rung) is not { } chosen) return;
            track = chosen;
        }

        if (Find(track) is not { } segment)
        {
            if (track.HasEnd) End();
            else _feed.Await();
            return;
        }

        if (segment.AvailableAt is { } available && available > _player.Loop.UtcNow)
        {
            TickAt(_player.Now + (available - _player.Loop.UtcNow).TotalSeconds);
            return;
        }

        if (_rules.Delay(this) is var delay and > 0)
        {
            _held = segment;
            TickAt(_player.Now + Math.Max(delay, LeastWait));
            return;
        }

        Load(segment, rung);
    }

    private int Choose()
    {
        if (IsVideo || _player.Title!.IsDash) return Math.Clamp(_rules.Choose(this), 0, Rungs.Length - 1);
        var group = _player.Video!.Current < 0 ? _player.Title.FirstListed.AudioGroup : _player.Video.Rungs[_player.Video.Current].AudioGroup;
        foreach (var rung in Rungs)
        {
            if (rung.AudioGroup == group) return rung.Index;
        }

        return 0;
    }

    /// <summary>What holds the load position: a part where parts are listed for it, else a whole segment; gaps are stepped over.</summary>
    private MediaSegment? Find(MediaTrack track)
    {
        for (var i = track.SegmentCount; i < track.Count; i++)
        {
            var part = track[i];
            if (part.Path is null || (part.Kind == EntryKind.Hint && !_rules.UsesHints)) continue;
            if (Math.Abs(part.Start - LoadPosition) < Tolerance || (LoadPosition > track.End - Tolerance && part.End > LoadPosition + Tolerance)) return part;
        }

        for (var i = track.IndexFrom(LoadPosition); i >= 0 && i < track.SegmentCount; i++)
        {
            var segment = track[i];
            if (segment.Path is not null) return segment;

            // A gap counts as played, so that what is buffered in front of it is.
            if (!Buffer.IsEmpty) Buffer.Append(segment.Start, segment.End, Math.Max(LastLoaded, 0));
            LoadPosition = segment.End;
        }

        return null;
    }

    private void End()
    {
        IsEnded = true;
        _player.MediaCame(this);
    }
}

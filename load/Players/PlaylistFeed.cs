using System.Globalization;
using Gateway.Load.Links;
using Gateway.Load.Players.Rules;
using Gateway.Load.Players.Titles;
using Gateway.Timelines;

namespace Gateway.Load.Players;

/// <summary>
/// Knows the segments of a loader's rungs: gets media playlists when a rung is first chosen, and of a live stream again and again, blocking where it has parts. Of DASH the MPD
/// has told already, except for files that list their segments themselves.
/// </summary>
internal sealed class PlaylistFeed(Player player, TrackLoader loader) : IScheduled, ITransferListener
{
    /// <summary>However short the segments are, nobody reloads more often, in seconds.</summary>
    private const double LeastInterval = 0.25;

    /// <summary>Blocking reloads in a row that brought nothing new, after which it is tried as without them.</summary>
    private const int MostBlocked = 5;

    private readonly Dictionary<int, MediaTrack> _tracks = [];
    private Transfer? _exchange;
    private Rung? _asked;
    private int _fed = -1;
    private bool _unchanged;
    private int _blocked;
    private int _failures;
    private double _again;
    private long _version;

    /// <summary>Whether the loader waits for it.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>The track that was heard of last.</summary>
    public MediaTrack? Latest { get; private set; }

    public MediaTrack? TrackOf(Rung rung) => rung.Track is { SegmentCount: > 0 } known ? known : _tracks.GetValueOrDefault(rung.Index);

    public void Know(int rung, MediaTrack track)
    {
        _tracks[rung] = track;
        Latest = track;
        _fed = rung;
        Plan(track);
    }

    public void Replaced() => _tracks.Clear();

    public void Stop()
    {
        if (_exchange is { IsOver: false }) _exchange.Cancel();
        _exchange = null;
        _version++;
    }

    /// <summary>The segments of a rung when they are known well enough to choose from; else they are asked for, and the loader is told later.</summary>
    public MediaTrack? Fresh(Rung rung)
    {
        var track = TrackOf(rung);
        if (track is not null && (rung.Playlist is null || track.HasEnd || _fed == rung.Index))
        {
            Latest = track;
            IsWaiting = false;
            return track;
        }

        IsWaiting = true;
        if (ReferenceEquals(_asked, rung) && (_exchange is { IsOver: false } || player.Now < _again)) return null;
        Ask(rung, null);
        return null;
    }

    /// <summary>The loader has come to the end of what is listed.</summary>
    public void Await() => IsWaiting = true;

    public void Fire(long tag)
    {
        if (tag != _version || _asked is not { } rung || _exchange is { IsOver: false }) return;
        Ask(rung, null);
    }

    public void Began(Transfer transfer)
    {
    }

    public void Ended(Transfer transfer)
    {
        player.Count(transfer, null, null, null);
        var rung = _asked!;
        if (!transfer.Succeeded || !(rung.SegmentIndex is null ? ReadPlaylist(transfer, rung) : ReadIndex(transfer, rung)))
        {
            if (transfer.Succeeded) player.Tally.Fault(PlayerFault.BadManifest);
            Recover(player.Rules.PlaylistFailed(loader, rung, transfer, _failures++));
            return;
        }

        _failures = 0;
        player.Rules.PlaylistLoaded(loader, rung);
        player.Rules.ManifestLoaded(transfer);
        loader.Listed();
        if (player.IsOpen) Plan(Latest!);
    }

    private void Recover(Recovery recovery)
    {
        if (recovery.Seconds is not { } seconds)
        {
            player.GiveUp();
            return;
        }

        if (recovery.Rung >= 0 && loader.IsVideo && TrackOf(loader.Rungs[recovery.Rung]) is not { HasEnd: true })
        {
            Ask(loader.Rungs[recovery.Rung], null);
            return;
        }

        if (recovery.Rung >= 0 && loader.IsVideo)
        {
            loader.Listed();
            return;
        }

        _again = player.Now + seconds;
        ScheduleAsk(seconds);
    }

    private bool ReadPlaylist(Transfer transfer, Rung rung)
    {
        if (player.Library.Read(transfer.Body, player.PathOf(transfer, rung.Playlist!), player.Loop.UtcNow, out _) is not { Track: { } track }) return false;
        var before = _tracks.GetValueOrDefault(rung.Index) ?? Latest ?? player.OtherTrack(loader);
        _unchanged = _tracks.GetValueOrDefault(rung.Index)?.Version == track.Version;
        if (before is not null && !track.HasEnd) track = Aligned(track, before);
        _tracks[rung.Index] = Latest = track;
        _fed = rung.Index;
        return true;
    }

    private bool ReadIndex(Transfer transfer, Rung rung)
    {
        var at = rung.SegmentIndex!;
        if (at.Range is not { } range || SegmentIndex.Read(transfer.Body.Span, range) is not { } index) return false;
        _tracks[rung.Index] = Latest = rung.Track!.With(index, range);
        return true;
    }

    /// <summary>Puts a version of a sliding playlist on the time line of another, by a segment that both list.</summary>
    private static MediaTrack Aligned(MediaTrack track, MediaTrack before)
    {
        if (track.SegmentCount == 0 || before.SegmentCount == 0) return track;
        var index = track[0].Sequence - before[0].Sequence;
        var expected = index >= 0 && index < before.SegmentCount ? before[(int)index].Start
            : index < 0 && -index < track.SegmentCount ? before.Start - (track[(int)-index].Start - track.Start)
            : before.End + ((index - before.SegmentCount) * track.Target);
        var shift = expected - track.Start;
        return Math.Abs(shift) < 0.01 ? track : track.Shifted(track.Shift + shift);
    }

    /// <summary>
    /// When to reload: at once and blocking with parts; else a target duration after the last request, or half of one when nothing was new (RFC 8216 §6.3.4).
    /// </summary>
    private void Plan(MediaTrack track)
    {
        _asked ??= loader.Rungs[Math.Max(_fed, 0)];
        if (track.HasEnd || _asked.Playlist is null) return;
        if (track.PartTarget is { } part && (!_unchanged || _blocked < MostBlocked))
        {
            // A server that answers at once with nothing new does not block: it is asked as often as it makes parts, and no more.
            _blocked = _unchanged ? _blocked + 1 : 0;
            if (_unchanged && _exchange is { } asked && player.Now - asked.SentAt.TotalSeconds < part / 2)
            {
                ScheduleAsk(part);
                return;
            }

            Ask(_asked, Directives(track), patience: TimeSpan.FromSeconds(3 * track.Target));
            return;
        }

        var since = _exchange is { } last ? player.Now - last.SentAt.TotalSeconds : 0;
        ScheduleAsk(Math.Max((_unchanged ? track.Target / 2 : track.Target) - since, LeastInterval));
    }

    private void ScheduleAsk(double seconds) => player.Loop.Schedule(Player.At(player.Now + seconds), this, ++_version);

    private void Ask(Rung rung, string? directives, TimeSpan? patience = null)
    {
        if (_exchange is { IsOver: false } running) running.Cancel();
        _version++;
        _again = 0;
        _asked = rung;
        var what = rung.SegmentIndex;
        _exchange = player.AskManifest(what?.Path ?? rung.Playlist!, what?.Range, directives, patience ?? player.Rules.PlaylistPatience, directives is null ? player.Rules.FirstBytePatience : null, this);
    }

    /// <summary>The part behind the last one that is listed, or the first of the next segment; servers carry over where that is too much (§6.2.5.2).</summary>
    private static string Directives(MediaTrack track)
    {
        var (sequence, part) = (track.SegmentCount > 0 ? track[track.SegmentCount - 1].Sequence + 1 : 0, 0);
        for (var i = track.SegmentCount; i < track.Count; i++)
        {
            if (track[i] is { Kind: EntryKind.Part } listed && listed.Sequence == sequence) part++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"_HLS_msn={sequence}&_HLS_part={part}");
    }
}

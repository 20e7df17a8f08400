using Gateway.Access;
using Gateway.Playback.Requests;
using Gateway.Responses;
using Gateway.Responses.History;
using Gateway.Sessions.Quality;
using Gateway.Sessions.Registry;
using Gateway.Timelines;

namespace Gateway.Sessions.Api;

/// <summary>Sessions as operators look for them, and what happened to each: those that are held, and those that ended a while ago.</summary>
internal sealed class SessionHistories(SessionRegistry sessions, EndedSessions past, SessionSnapshots snapshots)
{
    /// <summary>Sessions in one reply; nobody reads more.</summary>
    private const int MostShown = 1000;

    /// <summary>A start-up that took less needs no explanation.</summary>
    private const int LongStartMs = 2000;

    /// <summary>Which sessions match, the latest first.</summary>
    /// <param name="text">What the id, the title, the user, the player or the network contains; empty for all.</param>
    /// <param name="withEnded">Whether those that are over are wanted too.</param>
    /// <param name="isWhole">Whether the client's address is shown, and not only its network.</param>
    public SessionSnapshot[] Find(string text, bool withEnded, bool isWhole)
    {
        var found = new List<SessionSnapshot>();
        foreach (var session in text.Length == 0 ? sessions.Latest(MostShown) : sessions.Latest(int.MaxValue))
        {
            var snapshot = snapshots.SnapshotOf(session) with { Network = NetworkOf(session.Client, isWhole) };
            if (Matches(snapshot, text)) found.Add(snapshot);
            if (found.Count == MostShown) break;
        }

        if (!withEnded) return [.. found];
        foreach (var ended in past.All())
        {
            if (found.Count == MostShown) break;
            var snapshot = ended.Snapshot with { Network = NetworkOf(ended.Client, isWhole) };
            if (Matches(snapshot, text)) found.Add(snapshot);
        }

        return [.. found];
    }

    /// <summary>What happened to a session; null for one that is not here, or not any more.</summary>
    public SessionEventsReply? EventsOf(Guid id, bool isWhole)
    {
        if (sessions.TryGet(id, out var session))
            return ReplyOf(snapshots.SnapshotOf(session) with { Network = NetworkOf(session.Client, isWhole) }, session.History);
        return past.TryGet(id, out var ended) ? ReplyOf(ended.Snapshot with { Network = NetworkOf(ended.Client, isWhole) }, ended.History) : null;
    }

    private static SessionEventsReply ReplyOf(SessionSnapshot snapshot, SessionHistory? history)
    {
        long dropped = 0;
        var entries = history?.Read(out dropped) ?? [];
        var views = new SessionEventView[entries.Length];
        for (var i = 0; i < entries.Length; i++) views[i] = ViewOf(entries, i);
        return new SessionEventsReply(snapshot, history?.Start, dropped, views);
    }

    private static SessionEventView ViewOf(HistoryEntry[] entries, int index)
    {
        var entry = entries[index];
        var isSegment = entry.Kind == HistoryKind.Segment;
        return new SessionEventView
        {
            At = new DateTimeOffset(entry.BeganAt, TimeSpan.Zero),
            Event = Label(entry.Kind),
            TookMs = entry.IsRequest || entry.TookMs > 0 ? entry.TookMs : null,
            Rendition = entry.IsRequest ? new RequestedRendition(entry.Media, entry.Kbps, entry.Height).Name : null,
            RenditionKbps = entry.Kbps > 0 ? entry.Kbps : null,
            FromKbps = entry.FromKbps > 0 ? entry.FromKbps : null,
            Part = isSegment ? Label(entry.Part) : null,
            Source = entry.Source is { } source ? MediaFields.Label(source) : null,
            HttpStatus = entry.Status > 0 ? entry.Status : null,
            FirstByteMs = isSegment ? entry.FirstByteMs : null,
            OriginMs = isSegment ? entry.WaitedMs : null,
            LineMs = isSegment ? entry.LineMs : null,
            Bytes = isSegment ? entry.Bytes : null,
            MediaSec = float.IsNaN(entry.MediaSec) ? null : Math.Round(entry.MediaSec, 3),
            PlaysSec = entry.PlaysMs > 0 ? entry.PlaysMs / 1000d : null,
            BufferSec = entry.BufferMs >= 0 ? entry.BufferMs / 1000d : null,
            Reason = entry.Reason,
            Name = entry.Name,
            Delay = DelayOf(entries, index) is { } delay ? DelayView.Of(delay) : null,
        };
    }

    /// <summary>Why the viewer waited, for a stall and for a long start-up.</summary>
    private static Delay? DelayOf(HistoryEntry[] entries, int index)
    {
        var entry = entries[index];
        switch (entry.Kind)
        {
            case HistoryKind.Stalled:
                var end = Array.Find(entries, e => e.Kind == HistoryKind.Recovered && e.At >= entry.At);
                var began = end.At > 0 ? Math.Min(entry.At, end.BeganAt) : entry.At;
                return Delay.Of(entries, began - Delay.LookBack.Ticks, end.At > 0 ? end.At : entry.At + Delay.LookBack.Ticks);
            case HistoryKind.Started when entry.TookMs > LongStartMs:
            case HistoryKind.StartFailed:
                return Delay.Of(entries, Math.Min(entry.BeganAt, entry.At - Delay.LookBack.Ticks), entry.At);
            default:
                return null;
        }
    }

    private static bool Matches(SessionSnapshot snapshot, string text) => text.Length == 0
        || Holds(snapshot.SessionId, text)
        || Holds(snapshot.MediaId, text)
        || Holds(snapshot.UserId, text)
        || Holds(snapshot.Player, text)
        || Holds(snapshot.Network, text);

    private static bool Holds(string? value, string text) => value?.Contains(text, StringComparison.OrdinalIgnoreCase) == true;

    private static string? NetworkOf(ClientOrigin client, bool isWhole) => client.IsNone ? null : isWhole ? client.HouseholdText : client.NetworkText;

    private static string Label(HistoryKind kind) => kind switch
    {
        HistoryKind.Manifest => "manifest.fetch",
        HistoryKind.Segment => "segment.fetch",
        HistoryKind.Opened => "session.create",
        HistoryKind.Started or HistoryKind.StartFailed => "player.startup_timeline",
        HistoryKind.Switched => "quality.switch",
        HistoryKind.Stalled => "player.rebuffer",
        HistoryKind.Recovered => "player.rebuffer_recovered",
        _ => "session.end",
    };

    private static string? Label(EntryKind part) => part switch
    {
        EntryKind.Init => "init",
        EntryKind.Key => "key",
        EntryKind.Part or EntryKind.Hint => "part",
        _ => null,
    };
}

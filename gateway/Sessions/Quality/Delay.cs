using System.Runtime.InteropServices;
using Gateway.Responses.History;

namespace Gateway.Sessions.Quality;

/// <summary>Why a viewer waited, from the requests around that moment: a stall, or a start-up.</summary>
/// <remarks>
/// The time of a request has two parts that the gateway knows apart: it waited for bytes of the origin, and the client took them. Of the requests, only those count that were late: what came
/// sooner than it plays made nobody wait. A stall is told of late, with the next request or by the player: hence the look back.
/// </remarks>
/// <param name="Cause">The greatest part of it.</param>
/// <param name="OriginMs">Milliseconds that late requests of the time waited for the origin.</param>
/// <param name="LineMs">Milliseconds that the client took for their bytes.</param>
/// <param name="LineKbps">What the line carried then, kbit/s; 0 = not known.</param>
/// <param name="NeededKbps">Highest declared bitrate of what was asked for, kbit/s; 0 = not known.</param>
/// <param name="Failed">Requests that failed.</param>
/// <param name="Reason">Why the first of these failed.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Delay(DelayCause Cause, long OriginMs, long LineMs, int LineKbps, int NeededKbps, int Failed, string? Reason)
{
    /// <summary>Longer than the usual segment, and than a player waits before it tells.</summary>
    public static readonly TimeSpan LookBack = TimeSpan.FromSeconds(12);

    /// <summary>Less is what any request takes.</summary>
    private const int WorthTellingMs = 300;

    /// <summary>Who gets a second of media in less than this share of a second does not wait for it.</summary>
    private const double InTime = 0.8;

    /// <param name="entries">The session's, in order.</param>
    /// <param name="from">Beginning of the time, UTC ticks.</param>
    /// <param name="until">Its end, UTC ticks.</param>
    public static Delay Of(ReadOnlySpan<HistoryEntry> entries, long from, long until)
    {
        long origin = 0, line = 0, bytes = 0;
        int needed = 0, failed = 0;
        // Of a time that lies mostly before what is held, nothing is known: before the session, or too long ago.
        var isSeen = entries.Length > 0 && entries[0].BeganAt <= from + ((until - from) / 2);
        string? reason = null;
        foreach (ref readonly var entry in entries)
        {
            if (!entry.IsRequest || entry.At < from || entry.BeganAt > until) continue;
            if (entry.Status >= 400 || entry.Reason is "origin_broke_off")
            {
                failed++;
                reason ??= entry.Reason;
            }
            else if (!IsLate(entry))
            {
                continue;
            }

            origin += entry.WaitedMs;
            if (entry.Kind != HistoryKind.Segment) continue;
            line += entry.LineMs;
            bytes += entry.Bytes;
            needed = Math.Max(needed, entry.Kbps);
        }

        var kbps = line > 0 ? (int)Math.Min(bytes * 8 / line, int.MaxValue) : 0;
        return new Delay(CauseOf(isSeen, failed, origin, line), origin, line, kbps, needed, failed, reason);
    }

    private static DelayCause CauseOf(bool isSeen, int failed, long origin, long line) =>
        failed > 0 ? DelayCause.Failures
        : origin + line == 0 ? (isSeen ? DelayCause.Player : DelayCause.Unknown)
        : origin >= line ? DelayCause.Origin : DelayCause.Line;

    /// <summary>Whether a request took longer than what it brought plays, or than the buffer lasted of which the player told.</summary>
    private static bool IsLate(in HistoryEntry entry) =>
        entry.ArrivedMs >= WorthTellingMs && (entry.PlaysMs == 0 || entry.ArrivedMs > InTime * entry.PlaysMs || (entry.BufferMs >= 0 && entry.ArrivedMs > entry.BufferMs));
}

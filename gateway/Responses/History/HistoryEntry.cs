using System.Runtime.InteropServices;
using Gateway.Timelines;

namespace Gateway.Responses.History;

/// <summary>One thing that happened to a session. A value of about 80 bytes that holds no object of its own: texts are constants, or names of failed objects cut to <see cref="LongestName"/>.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct HistoryEntry
{
    /// <summary>Most of a failed object's name that is kept.</summary>
    public const int LongestName = 48;

    public required HistoryKind Kind { get; init; }

    /// <summary>When it was over; UTC ticks.</summary>
    public required long At { get; init; }

    /// <summary>What kind of media a request was for; null where no manifest tells.</summary>
    public RenditionKind? Media { get; init; }

    public EntryKind Part { get; init; }

    /// <summary>Where the bytes came from; null for what has no source.</summary>
    public ServedFrom? Source { get; init; }

    /// <summary>Status code that the client got; 0 = none.</summary>
    public short Status { get; init; }

    /// <summary>Lines of the rendition's picture; 0 = not told.</summary>
    public short Height { get; init; }

    /// <summary>Declared bitrate of the rendition, kbit/s; 0 = not known. Of a switch, the new one.</summary>
    public int Kbps { get; init; }

    /// <summary>Of a switch, the rendition before, kbit/s.</summary>
    public int FromKbps { get; init; }

    public long Bytes { get; init; }

    /// <summary>How long it took, in milliseconds; of a stall, how long it lasted.</summary>
    public int TookMs { get; init; }

    /// <summary>Until the first byte, in milliseconds.</summary>
    public int FirstByteMs { get; init; }

    /// <summary>Of <see cref="TookMs"/>, how long the gateway waited for bytes of the origin; the rest is the client's line.</summary>
    public int WaitedMs { get; init; }

    /// <summary>Media time at which a segment begins, in seconds; NaN = not known.</summary>
    public float MediaSec { get; init; }

    /// <summary>How long it plays, in milliseconds.</summary>
    public int PlaysMs { get; init; }

    /// <summary>Media in the player's buffer as it asked, in milliseconds, as it says; -1 = not told.</summary>
    public int BufferMs { get; init; }

    /// <summary>Why: a word of a closed set; null for what went well.</summary>
    public string? Reason { get; init; }

    /// <summary>Last part of the path of an object that failed; null for what went well.</summary>
    public string? Name { get; init; }

    public bool IsRequest => Kind is HistoryKind.Manifest or HistoryKind.Segment;

    /// <summary>When it began; UTC ticks.</summary>
    public long BeganAt => At - (TookMs * TimeSpan.TicksPerMillisecond);

    /// <summary>What the client's line was measured to carry then, kbit/s; 0 = not known.</summary>
    public int LineKbps { get; init; }

    /// <summary>
    /// The client's share of the time, in milliseconds: as long as the writer had to wait for it, or as long as the line needs for the bytes, whichever is more. The system's buffers take a whole segment at once
    /// and send it for seconds.
    /// </summary>
    public int LineMs => Math.Max(Math.Max(0, TookMs - WaitedMs), LineKbps > 0 ? (int)Math.Min(Bytes * 8 / LineKbps, int.MaxValue) : 0);

    /// <summary>Milliseconds until the client had it, as far as it can be told.</summary>
    public long ArrivedMs => (long)WaitedMs + LineMs;

    /// <summary>Milliseconds of a time, within bounds.</summary>
    public static int Milliseconds(TimeSpan time) => (int)Math.Clamp(time.TotalMilliseconds, 0, int.MaxValue);

    /// <summary>The last part of a path, cut.</summary>
    public static string NameOf(string path)
    {
        var name = path.AsSpan(path.LastIndexOf('/') + 1);
        return name.Length <= LongestName ? name.ToString() : name[^LongestName..].ToString();
    }
}

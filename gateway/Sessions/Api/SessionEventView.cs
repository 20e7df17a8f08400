namespace Gateway.Sessions.Api;

/// <summary>One thing that happened to a session, as operators read it. What does not apply is left out.</summary>
internal sealed record SessionEventView
{
    /// <summary>When it began.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Named as in the event log: <c>segment.fetch</c>, <c>player.rebuffer</c> and so on.</summary>
    public required string Event { get; init; }

    /// <summary>Milliseconds.</summary>
    public int? TookMs { get; init; }

    /// <summary><c>720p</c>, <c>audio</c>, <c>subtitles</c>; null where no manifest tells.</summary>
    public string? Rendition { get; init; }

    public int? RenditionKbps { get; init; }

    /// <summary>Of a switch, the bitrate before.</summary>
    public int? FromKbps { get; init; }

    /// <summary><c>init</c>, <c>key</c>, <c>part</c>; null for a whole segment.</summary>
    public string? Part { get; init; }

    /// <summary><c>buffer</c>, <c>cache</c>, <c>origin</c>.</summary>
    public string? Source { get; init; }

    public int? HttpStatus { get; init; }

    public int? FirstByteMs { get; init; }

    /// <summary>Of the time, milliseconds that the gateway waited for the origin.</summary>
    public int? OriginMs { get; init; }

    /// <summary>Of the time, milliseconds that the client took for the bytes.</summary>
    public int? LineMs { get; init; }

    public long? Bytes { get; init; }

    public double? MediaSec { get; init; }

    public double? PlaysSec { get; init; }

    /// <summary>What the player had left when it asked, as it says.</summary>
    public double? BufferSec { get; init; }

    public string? Reason { get; init; }

    /// <summary>Last part of the path of what failed.</summary>
    public string? Name { get; init; }

    /// <summary>What made the viewer wait.</summary>
    public DelayView? Delay { get; init; }
}

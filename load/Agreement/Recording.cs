using System.Collections.Immutable;

namespace Gateway.Load.Agreement;

/// <summary>What one real player did on one link. Times are milliseconds after the page told the player to load; stored one to a line.</summary>
internal sealed record Recording
{
    public required string Player { get; init; }

    /// <summary>The player's own word.</summary>
    public string Version { get; init; } = "";

    public required AgreementCase Case { get; init; }

    /// <summary>Up to the first picture; null when it never came.</summary>
    public int? StartupMs { get; init; }

    /// <summary>When the picture stood, and for how long. The last may reach to the end of the recording.</summary>
    public ImmutableArray<RecordedStall> Stalls { get; init; } = [];

    /// <summary>When the browser's count of dropped frames rose. shaka gives a stream up for half a minute when too many of two seconds are.</summary>
    public ImmutableArray<RecordedDrop> Drops { get; init; } = [];

    /// <summary>What a gateway told it; shaka only, which obeys.</summary>
    public ImmutableArray<RecordedSuggestion> Suggestions { get; init; } = [];

    public ImmutableArray<RecordedLoad> Loads { get; init; } = [];

    /// <summary>The player's own estimate every two seconds, kbit/s.</summary>
    public ImmutableArray<int> EstimatesKbps { get; init; } = [];

    /// <summary>What the browser's Network Information API told before the first request, Mbit/s; shaka begins with it.</summary>
    public double? DownlinkMbps { get; init; }

    /// <summary>Longest time by which a timer of the page came late: above some 100 ms the machine was busy and the recording is of no use.</summary>
    public int PageLagMs { get; init; }

    /// <summary>The same of the link's timers.</summary>
    public int LinkLagMs { get; init; }

    public ImmutableArray<string> Errors { get; init; } = [];
}

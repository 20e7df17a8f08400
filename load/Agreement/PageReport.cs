using System.Collections.Immutable;

namespace Gateway.Load.Agreement;

/// <summary>What the recording page sends when its time is over; see Pages/recorder.js.</summary>
internal sealed record PageReport
{
    public string Version { get; init; } = "";

    public double? DownlinkMbps { get; init; }

    public int? StartupMs { get; init; }

    public ImmutableArray<RecordedStall> Stalls { get; init; } = [];

    /// <summary>When the browser's count of dropped frames rose. shaka gives a stream up for half a minute when too many of two seconds are.</summary>
    public ImmutableArray<RecordedDrop> Drops { get; init; } = [];

    /// <summary>What a gateway told it; shaka only, which obeys.</summary>
    public ImmutableArray<RecordedSuggestion> Suggestions { get; init; } = [];

    public ImmutableArray<RecordedLoad> Loads { get; init; } = [];

    public ImmutableArray<int> EstimatesKbps { get; init; } = [];

    public int LongestLagMs { get; init; }

    public ImmutableArray<string> Errors { get; init; } = [];
}

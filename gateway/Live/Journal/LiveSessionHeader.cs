using Gateway.Live.Keys;
using Gateway.Live.Timeline;

namespace Gateway.Live.Journal;

/// <summary>What is fixed when a live session is created: the journal's first line.</summary>
/// <param name="Id">32 hexadecimal digits.</param>
/// <param name="CreatedAt">When.</param>
internal sealed record LiveSessionHeader(string Id, DateTimeOffset CreatedAt)
{
    public int ContractVersion { get; init; } = StreamChunkKey.Version;

    public StreamMode Mode { get; init; }

    /// <summary>For people; at most 200 characters.</summary>
    public string? Title { get; init; }

    public required TimelineOptions Timeline { get; init; }
}

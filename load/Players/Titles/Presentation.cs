using System.Collections.Immutable;

namespace Gateway.Load.Players.Titles;

/// <summary>What a multivariant playlist or an MPD offers. Shared by all players that read the same text.</summary>
internal sealed record Presentation
{
    public required bool IsDash { get; init; }

    /// <summary>Rungs of what the viewer sees, from the lowest bandwidth; of what is heard where there is nothing to see.</summary>
    public required ImmutableArray<Rung> Video { get; init; }

    /// <summary>Audio of its own, from the lowest bandwidth; empty when it is muxed. For HLS one for each group.</summary>
    public required ImmutableArray<Rung> Audio { get; init; }

    /// <summary>MPD@type dynamic. Of HLS only the media playlists tell.</summary>
    public bool IsDynamic { get; init; }

    /// <summary>How often the MPD has to be asked for again, seconds; null = never.</summary>
    public double? UpdatePeriod { get; init; }

    /// <summary>MPD@suggestedPresentationDelay, seconds.</summary>
    public double? Delay { get; init; }

    /// <summary>MPD@availabilityStartTime: wall clock of media time 0.</summary>
    public DateTimeOffset? AvailabilityStart { get; init; }

    /// <summary>Rung that the manifest lists first.</summary>
    public Rung FirstListed => Video.MinBy(r => r.Listed)!;
}

using System.Collections.Immutable;
using Gateway.Media;
using Gateway.Timelines;

namespace Gateway.Manifests.Dash.Presentation;

/// <summary>The presentation that an MPD describes, parsed once and shared by all sessions.</summary>
internal sealed record DashPresentation
{
    /// <summary>MPD@type: whether it is live, that is, may change and has availability times.</summary>
    public required bool IsDynamic { get; init; }

    public DateTimeOffset? AvailabilityStart { get; init; }

    public DateTimeOffset? PublishTime { get; init; }

    /// <summary>How often the MPD has to be reloaded; null = it does not change any more.</summary>
    public TimeSpan? MinimumUpdatePeriod { get; init; }

    public TimeSpan? TimeShiftBufferDepth { get; init; }

    public TimeSpan? SuggestedPresentationDelay { get; init; }

    /// <summary>MPD@mediaPresentationDuration.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Addresses of its patches on configured clusters.</summary>
    public ImmutableArray<MediaAddress> PatchLocations { get; init; } = [];

    /// <summary>All Representations of all Periods, in the order of the document, up to <see cref="DashReader.MaxRepresentations"/>.</summary>
    public required ImmutableArray<DashRepresentation> Representations { get; init; }

    /// <summary>One timeline for each Representation of the first Period, continued over the following ones, then those that only begin later.</summary>
    public required ImmutableArray<DashTimeline> Timelines { get; init; }

    /// <summary>The rungs of video, or of audio where there is no video, and what can be played beside them.</summary>
    public required VariantLadder Ladder { get; init; }

    /// <summary>Highest bitrate of its audio where that comes beside video, bit/s; 0 for none.</summary>
    public long AudioBandwidth
    {
        get
        {
            var highest = 0L;
            foreach (var one in Representations)
            {
                if (one.ContentType == "audio") highest = Math.Max(highest, one.Bandwidth);
            }

            return highest;
        }
    }

    /// <summary>
    /// How long the MPD may be kept; null when nothing limits it. Half of the update period, because players count theirs from the beginning of
    /// their own download: with all of it, a player would see changes up to two periods late.
    /// </summary>
    public TimeSpan? Lifetime => IsDynamic ? MinimumUpdatePeriod / 2 : null;

    /// <summary>Memory beside the document, in bytes and about.</summary>
    public long Bytes { get; init; }
}

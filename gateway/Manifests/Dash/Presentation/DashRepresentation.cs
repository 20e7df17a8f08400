using Gateway.Manifests.Timeline;
using Gateway.Origin;

namespace Gateway.Manifests.Dash.Presentation;

/// <summary>One Representation of one Period.</summary>
internal sealed record DashRepresentation
{
    /// <summary>Ordinal of its Period.</summary>
    public required int Period { get; init; }

    /// <summary>Ordinal of its AdaptationSet in the Period: Representations of one set are alternatives of each other.</summary>
    public required int Set { get; init; }

    /// <summary>AdaptationSet@id.</summary>
    public string SetId { get; init; } = "";

    public string Id { get; init; } = "";

    /// <summary>In bit/s.</summary>
    public long Bandwidth { get; init; }

    public string Codecs { get; init; } = "";

    public string MimeType { get; init; } = "";

    /// <summary>video, audio, text, image …; from @contentType, else from the MIME type, else from the codecs.</summary>
    public string ContentType { get; init; } = "";

    public string Language { get; init; } = "";

    public int Width { get; init; }

    public int Height { get; init; }

    public double? FrameRate { get; init; }

    /// <summary>Whether it is for trick play only (DASH-IF IOP, trick modes).</summary>
    public bool IsTrickPlay { get; init; }

    public required DashTrack Track { get; init; }

    /// <summary>Where the Segment Index lies that lists its segments; null where the MPD lists them itself.</summary>
    public RangedAddress? Index { get; init; }

    /// <summary>Makes the timeline that the MPD itself does not have, from the bytes at <see cref="Index"/>.</summary>
    /// <returns>False for what is no sidx.</returns>
    public bool TryReadIndex(ReadOnlySpan<byte> bytes, out DashTimeline timeline)
    {
        timeline = null!;
        if (Index is not { } index) return false;
        if (!SegmentIndex.TryRead(bytes, index.Range?.Offset ?? 0, out var timescale, out var entries)) return false;
        var items = new ListTrack.Item[entries.Length];
        var runs = new SegmentRuns.Run[entries.Length];
        for (var i = 0; i < entries.Length; i++)
        {
            items[i] = new ListTrack.Item(0, 0, new ByteRange(entries[i].Offset, entries[i].Length));
            runs[i] = new SegmentRuns.Run(entries[i].Start, entries[i].Duration, 1);
        }

        var offset = (long)Int128.Clamp((Int128)Track.Clock.Offset * timescale / Track.Clock.Timescale, long.MinValue / 4, long.MaxValue / 4);
        var clock = Track.Clock with { Timescale = timescale, Offset = offset };
        var track = new ListTrack(clock, items, new SegmentRuns(runs), 1, _ => index.Address);
        timeline = new DashTimeline([track], hasEnd: true, null, null);
        return true;
    }
}

using System.Collections.Immutable;
using Gateway.Adaptation.Ladders;
using Gateway.Load.Links.Virtual;

namespace Gateway.Load.Qoe;

/// <summary>
/// A film of ten minutes, cut into segments of one length: its whole ladder, the one rendition <c>auto</c> over it, and what the gateway knows of it. Belongs to one thread, because titles do.
/// </summary>
internal sealed class QoeTitles : ISegmentSizes
{
    public const double FilmSeconds = 600;

    private readonly SyntheticTitle _ladder;
    private readonly bool _trueSizes;

    /// <param name="rungs">Mean kbit/s of the video rungs, rising.</param>
    /// <param name="audioKbps">0 = muxed.</param>
    /// <param name="segmentSeconds">Duration of each segment.</param>
    /// <param name="trueSizes">Whether the gateway knows the true sizes; else it goes by what the rungs declare.</param>
    /// <param name="declared">The rung whose bitrate <c>auto</c> declares.</param>
    public QoeTitles(ImmutableArray<RungShape> rungs, int audioKbps, double segmentSeconds, bool trueSizes, int declared)
    {
        Shape = new TitleShape
        {
            Name = "film",
            Rungs = rungs,
            AudioKbps = audioKbps,
            SegmentSeconds = segmentSeconds,
            Segments = (int)Math.Round(FilmSeconds / segmentSeconds),
        };
        _trueSizes = trueSizes;
        _ladder = new SyntheticTitle(Shape);
        Lowest = new SyntheticTitle(Shape with { Name = "lowest", Rungs = rungs[..1], Sizes = [[.. Enumerable.Range(0, Shape.Segments).Select(n => _ladder.SizeOf(isVideo: true, 0, n))]] });
        Auto = new SyntheticTitle(Shape with { Name = "auto", Rungs = [rungs[declared]] });
        Ladder = new AdaptationLadder(
            [.. rungs.Select(r => new LadderRung((int)Math.Ceiling(r.Kbps * Shape.PeakFactor) + audioKbps, r.Kbps))], segmentSeconds, audioKbps, this);
    }

    public TitleShape Shape { get; }

    public SyntheticTitle Film => _ladder;

    /// <summary>The film with its lowest rung only.</summary>
    public SyntheticTitle Lowest { get; }

    /// <summary>The title that <c>?rendition=auto</c> is: one rung, whose segments the gateway chooses from the film's.</summary>
    public SyntheticTitle Auto { get; }

    /// <summary>What the gateway knows.</summary>
    public AdaptationLadder Ladder { get; }

    public long BytesOf(int rung, long number) => _trueSizes && number < Shape.Segments ? _ladder.SizeOf(isVideo: true, rung, number) : 0;
}

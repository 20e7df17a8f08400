using System.Collections.Immutable;

namespace Gateway.Load.Links.Virtual;

/// <summary>What a <see cref="SyntheticTitle"/> is like.</summary>
internal sealed record TitleShape
{
    /// <summary>First element of its paths.</summary>
    public string Name { get; init; } = "title";

    /// <summary>Video rungs in the order of the manifests; the defaults are those of Apple's HLS authoring specification for devices (§1.1, H.264), in round numbers.</summary>
    public ImmutableArray<RungShape> Rungs { get; init; } =
    [
        new(365, 234), new(730, 360), new(1100, 432), new(2000, 540), new(3000, 720), new(4500, 720), new(6000, 1080), new(7800, 1080),
    ];

    /// <summary>Audio of its own; 0 = muxed into the video.</summary>
    public int AudioKbps { get; init; } = 128;

    /// <summary>Seconds.</summary>
    public double SegmentSeconds { get; init; } = 4;

    /// <summary>Number of segments; of a live title those whose sizes repeat.</summary>
    public int Segments { get; init; } = 150;

    /// <summary>Spread of sizes within a rung: standard deviation of the logarithm. Capped VBR encodes of films have about 0.2.</summary>
    public double Spread { get; init; } = 0.2;

    /// <summary>Declared peak over mean.</summary>
    public double PeakFactor { get; init; } = 1.1;

    /// <summary>Seed of the sizes.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Sizes in bytes by rung and segment, where they are known; empty to make them up.</summary>
    public ImmutableArray<ImmutableArray<long>> Sizes { get; init; } = [];

    /// <summary>Sizes of audio segments; empty to make them up.</summary>
    public ImmutableArray<long> AudioSizes { get; init; } = [];

    /// <summary>Bytes of an initialisation section.</summary>
    public long InitBytes { get; init; } = 900;

    /// <summary>Whether it goes on for ever, and only the last <see cref="Window"/> segments are listed.</summary>
    public bool IsLive { get; init; }

    /// <summary>Segments that a live playlist lists.</summary>
    public int Window { get; init; } = 8;

    /// <summary>Duration of a part of low-latency HLS in seconds; 0 = none.</summary>
    public double PartSeconds { get; init; }

    /// <summary>From the request's arrival to the first byte.</summary>
    public TimeSpan Think { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Wall clock at which a live title began.</summary>
    public DateTimeOffset LiveSince { get; init; } = new(2025, 12, 31, 0, 0, 0, TimeSpan.Zero);
}

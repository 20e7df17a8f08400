using System.Collections.Immutable;
using Gateway.Load.Links.Virtual;

namespace Gateway.Load.Qoe;

/// <summary>What a study plays.</summary>
internal sealed record QoeStudyOptions
{
    public required IReadOnlyList<QoeSession> Sessions { get; init; }

    public ImmutableArray<RungShape> Rungs { get; init; } = QoeLadders.Apple;

    /// <summary>0 = muxed.</summary>
    public int AudioKbps { get; init; } = 128;

    /// <summary>The gateway knows the true sizes of segments.</summary>
    public bool TrueSizes { get; init; } = true;

    /// <summary>The rung whose bitrate the rendition <c>auto</c> declares, from the lowest, 0; null = as the gateway does.</summary>
    public int? Declared { get; init; }

    /// <summary>Players tell of themselves.</summary>
    public bool Cmcd { get; init; }

    /// <summary>How many share a line.</summary>
    public int Viewers { get; init; } = 1;

    /// <summary>Else the floor stands for it, which is quicker.</summary>
    public bool WithOptimum { get; init; } = true;

    public int Threads { get; init; } = 2;
}

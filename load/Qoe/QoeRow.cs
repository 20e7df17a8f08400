namespace Gateway.Load.Qoe;

/// <summary>One line of the table: a player with one length of segments in one arm.</summary>
internal sealed record QoeRow
{
    public required string Rule { get; init; }

    public required double SegmentSeconds { get; init; }

    public required string Levers { get; init; }

    public required bool Auto { get; init; }

    /// <summary>Group of traces; all together where it is empty.</summary>
    public string Set { get; init; } = "";

    public required int Traces { get; init; }

    public required int Sessions { get; init; }

    /// <summary>Played.</summary>
    public required double Hours { get; init; }

    public required double MeanKbps { get; init; }

    public required double StallSecondsPerHour { get; init; }

    public required double FloorStallSecondsPerHour { get; init; }

    public required double OptimumStallSecondsPerHour { get; init; }

    /// <summary>Of this arm: its stall time above the optimum.</summary>
    public required double AvoidableStallSecondsPerHour { get; init; }

    public required double SwitchesPerHour { get; init; }

    public required double StartupP50Ms { get; init; }

    public required double QoeLin { get; init; }

    /// <summary>Players that gave up, per hour.</summary>
    public required double RestartsPerHour { get; init; }

    /// <summary>Avoidable stall time, as a part of the player's alone; null where that has none.</summary>
    public double? Factor { get; init; }

    /// <summary>Of it, 90 % of bootstrap samples over traces.</summary>
    public double? FactorLow { get; init; }

    public double? FactorHigh { get; init; }

    /// <summary>Summed bitrate, as a part of the player's alone.</summary>
    public required double BitrateFactor { get; init; }

    /// <summary>Part of the sessions whose bitrate is below 90 % of the player's alone.</summary>
    public required double BelowNinetyPercent { get; init; }

    /// <summary>Bitrate of the worst session in a hundred, as a part of the player's alone.</summary>
    public required double WorstBitrateFactor { get; init; }

    /// <summary>Worst group of traces: its stall time as a part of the player's alone.</summary>
    public double WorstSetFactor { get; init; }

    public string WorstSet { get; init; } = "";
}

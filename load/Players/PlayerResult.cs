using System.Collections.Immutable;

namespace Gateway.Load.Players;

/// <summary>What one player went through, told when it ended. Times are by the run's clock, rates in kbit/s.</summary>
internal sealed record PlayerResult
{
    public required int Index { get; init; }

    public required string Scenario { get; init; }

    public required string Title { get; init; }

    public required RuleSet Rules { get; init; }

    public required TimeSpan IntendedStart { get; init; }

    public required TimeSpan ActualStart { get; init; }

    public required TimeSpan EndedAt { get; init; }

    /// <summary>From the intended start to the first picture; null when it never came.</summary>
    public TimeSpan? StartUp { get; init; }

    /// <summary>Ended, Failed, or what it was doing when the run ended.</summary>
    public PlayerPhase LastPhase { get; init; }

    /// <summary>Left by the viewer's plan before the first picture: neither a start-up nor a failed one.</summary>
    public bool LeftBeforeStart { get; init; }

    /// <summary>Time during which the picture moved.</summary>
    public TimeSpan Played { get; init; }

    /// <summary>
    /// Time during which the sound went on and the picture stood, as browsers have it for some seconds before they stop both. Neither in <see cref="Played"/> nor a stall;
    /// whoever weighs what a viewer suffers adds it to <see cref="StallTime"/>.
    /// </summary>
    public TimeSpan SoundOnly { get; init; }

    /// <summary>Time that the viewer had paused.</summary>
    public TimeSpan Paused { get; init; }

    /// <summary>Bounded, see <see cref="StallCount"/>.</summary>
    public ImmutableArray<Stall> Stalls { get; init; } = [];

    /// <summary>All stalls, those beyond the list included.</summary>
    public int StallCount { get; init; }

    public TimeSpan StallTime { get; init; }

    public int SwitchesUp { get; init; }

    public int SwitchesDown { get; init; }

    /// <summary>Declared rate over the time played.</summary>
    public double MeanKbps { get; init; }

    /// <summary>Declared rate that half of the time played was at or below.</summary>
    public double MedianKbps { get; init; }

    /// <summary>Sum over rung changes of the change in declared rate, the smoothness term of the usual linear QoE.</summary>
    public double SwitchedKbps { get; init; }

    /// <summary>Mean distance to the live edge while playing; null on demand.</summary>
    public TimeSpan? LiveLatency { get; init; }

    /// <summary>Indexed by <see cref="PlayerFault"/>.</summary>
    public ImmutableArray<int> Faults { get; init; } = [];

    /// <summary>Body bytes of all requests.</summary>
    public long Bytes { get; init; }

    /// <summary>Bytes of requests that were given up or replaced: paid for, never played.</summary>
    public long WastedBytes { get; init; }

    public int Requests { get; init; }

    public int Segments { get; init; }

    /// <summary>Segments given up by a rule while loading.</summary>
    public int Abandoned { get; init; }

    public ImmutableArray<SeekTime> Seeks { get; init; } = [];

    /// <summary>Segments by X-Served-From: buffer, cache, origin, not told.</summary>
    public (int Buffer, int Cache, int Origin, int Unknown) Sources { get; init; }

    public ImmutableArray<PlayerSample> Samples { get; init; } = [];

    public int FaultsOf(PlayerFault fault) => Faults.IsDefaultOrEmpty ? 0 : Faults[(int)fault];
}

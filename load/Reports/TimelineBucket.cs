using Gateway.Load.Players;

namespace Gateway.Load.Reports;

/// <summary>What happened in one even piece of the run. Levels are means over the piece, so that a spike between two looks is not missed.</summary>
internal sealed class TimelineBucket
{
    /// <summary>Players that were to begin here.</summary>
    public int Arrived { get; set; }

    /// <summary>Players that ended here, properly or not.</summary>
    public int Ended { get; set; }

    /// <summary>Players that gave up here.</summary>
    public int Failed { get; set; }

    public int Requests { get; set; }

    public int Errors { get; set; }

    public long Bytes { get; set; }

    public int Segments { get; set; }

    /// <summary>Sum over video segments of declared rate × media seconds; with <see cref="MediaSeconds"/> the mean rate of what was loaded.</summary>
    public double KbpsSeconds { get; set; }

    public double MediaSeconds { get; set; }

    /// <summary>Time from wish to picture of those that were to begin here, in microseconds; those that never began with the time they waited.</summary>
    public ValueHistogram StartUp { get; } = new();

    /// <summary>Whole time of media requests that ended here, in microseconds.</summary>
    public ValueHistogram Segment { get; } = new();

    /// <summary>Seconds that players spent in each phase here, summed over players; indexed by <see cref="PlayerPhase"/>.</summary>
    public double[] PhaseSeconds { get; } = new double[Enum.GetValues<PlayerPhase>().Length];
}

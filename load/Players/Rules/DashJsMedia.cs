namespace Gateway.Load.Players.Rules;

/// <summary>What dash.js keeps of one kind of media.</summary>
/// <param name="loader">Video or audio.</param>
/// <param name="bufferTime">bufferTimeDefault, seconds.</param>
internal sealed class DashJsMedia(TrackLoader loader, double bufferTime)
{
    /// <summary>segmentIgnoreCount of the InsufficientBufferRule.</summary>
    private const int Ignored = 2;

    public DashJsThroughput Throughput { get; } = new();

    public DashJsBola Bola { get; } = new(loader.Rungs, bufferTime);

    public DashJsSwitchHistory History { get; } = new(loader.Rungs.Length);

    /// <summary>Whether BOLA chooses, not throughput.</summary>
    public bool UsesBola { get; set; }

    /// <summary>Segments until the InsufficientBufferRule begins.</summary>
    public int IgnoreCount { get; set; } = Ignored;

    /// <summary>Whether anything was appended: before that the rules know no buffer.</summary>
    public bool AnyAppended { get; set; }

    /// <summary>Going up is allowed again from then on.</summary>
    public double AbandonedUntil { get; set; } = double.NegativeInfinity;

    /// <summary>Present rung.</summary>
    public int Rung { get; set; } = -1;

    /// <summary>Rung that an abandon rule asked for, to be taken without asking again; -1 for none.</summary>
    public int Forced { get; set; } = -1;

    /// <summary>Media times of segments that were given up once.</summary>
    public HashSet<long> Abandoned { get; } = [];

    public DashJsTimings Timings { get; } = new();

    public void Seek()
    {
        Bola.Seek();
        IgnoreCount = Ignored;
    }
}

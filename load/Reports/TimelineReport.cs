using Gateway.Load.Players;

namespace Gateway.Load.Reports;

/// <summary>The run in even pieces, as columns: one number for each piece. Times are milliseconds; null where nothing was measured in a piece.</summary>
internal sealed record TimelineReport
{
    public required double WidthSeconds { get; init; }

    public required double[] Arrived { get; init; }

    /// <summary>Players in each state, as a mean over the piece.</summary>
    public required double[] Starting { get; init; }

    public required double[] Playing { get; init; }

    public required double[] Stalled { get; init; }

    public required double[] Paused { get; init; }

    public required double[] Failed { get; init; }

    public required double[] RequestsPerSecond { get; init; }

    public required double[] ErrorsPerSecond { get; init; }

    public required double[] KbitPerSecond { get; init; }

    /// <summary>Mean declared rate of what was loaded, in kbit/s.</summary>
    public required double?[] MeanKbps { get; init; }

    /// <summary>Of those that were to begin in the piece.</summary>
    public required double?[] StartUpP50 { get; init; }

    public required double?[] StartUpP95 { get; init; }

    public required double?[] SegmentP50 { get; init; }

    public required double?[] SegmentP95 { get; init; }

    /// <summary>Requests at the origin for each part of a title, from the start of the run up to each piece; empty where the origin is not the run's.</summary>
    public double?[] OriginPerSegment { get; init; } = [];

    /// <summary>The same for the piece alone: one where nothing was asked for again.</summary>
    public double?[] OriginPerSegmentHere { get; init; } = [];

    public double[] OriginPerSecond { get; init; } = [];

    /// <summary>Of those, for what had been asked for before.</summary>
    public double[] OriginAgainPerSecond { get; init; } = [];

    /// <param name="timeline">What was recorded.</param>
    /// <param name="duration">How long the run was: the last piece may be shorter than the others, and what came after it is left out.</param>
    /// <param name="origin">What the origin was asked; empty where it is not the run's.</param>
    public static TimelineReport Of(Timeline timeline, TimeSpan duration, IReadOnlyList<OriginSecond> origin)
    {
        var width = timeline.Width.TotalSeconds;
        var seconds = Math.Max(duration.TotalSeconds, 1e-3);
        TimelineBucket[] buckets = [.. timeline.Buckets.Take((int)Math.Ceiling((seconds / width) - 1e-6))];
        return new TimelineReport
        {
            WidthSeconds = width,
            Arrived = Each(b => b.Arrived),
            Starting = EachSecond(b => b.PhaseSeconds[(int)PlayerPhase.Starting]),
            Playing = EachSecond(b => b.PhaseSeconds[(int)PlayerPhase.Playing]),
            Stalled = EachSecond(b => b.PhaseSeconds[(int)PlayerPhase.Stalled] + b.PhaseSeconds[(int)PlayerPhase.Seeking]),
            Paused = EachSecond(b => b.PhaseSeconds[(int)PlayerPhase.Paused]),
            Failed = Each(b => b.Failed),
            RequestsPerSecond = EachSecond(b => b.Requests),
            ErrorsPerSecond = EachSecond(b => b.Errors),
            KbitPerSecond = EachSecond(b => b.Bytes * 8 / 1000.0),
            MeanKbps = Maybe(b => b.MediaSeconds > 0 ? b.KbpsSeconds / b.MediaSeconds : null),
            StartUpP50 = Maybe(b => Quantile(b.StartUp, 0.5)),
            StartUpP95 = Maybe(b => Quantile(b.StartUp, 0.95)),
            SegmentP50 = Maybe(b => Quantile(b.Segment, 0.5)),
            SegmentP95 = Maybe(b => Quantile(b.Segment, 0.95)),
        }.With(origin, buckets.Length);

        double[] Each(Func<TimelineBucket, double> read) => [.. buckets.Select(b => Math.Round(read(b), 3))];

        double[] EachSecond(Func<TimelineBucket, double> read) => [.. buckets.Select((b, i) => Math.Round(read(b) / Math.Min(width, seconds - (i * width)), 3))];

        double?[] Maybe(Func<TimelineBucket, double?> read) => [.. buckets.Select(b => read(b) is { } value ? Math.Round(value, 3) : (double?)null)];

        static double? Quantile(ValueHistogram histogram, double quantile) => histogram.Count == 0 ? null : histogram.ValueAt(quantile) / 1000.0;
    }

    private TimelineReport With(IReadOnlyList<OriginSecond> origin, int pieces)
    {
        if (origin.Count == 0) return this;
        var (requests, again) = (new double[pieces], new double[pieces]);
        foreach (var second in origin)
        {
            var piece = (int)(second.Second / WidthSeconds);
            if (piece >= pieces) continue;
            requests[piece] += second.Requests;
            again[piece] += second.Again;
        }

        var upTo = new double?[pieces];
        var (allRequests, allAgain) = (0.0, 0.0);
        for (var i = 0; i < pieces; i++)
        {
            allRequests += requests[i];
            allAgain += again[i];
            upTo[i] = PerSegment(allRequests, allAgain);
        }

        return this with
        {
            OriginPerSegment = upTo,
            OriginPerSegmentHere = [.. requests.Select((r, i) => PerSegment(r, again[i]))],
            OriginPerSecond = [.. requests.Select(r => Math.Round(r / WidthSeconds, 3))],
            OriginAgainPerSecond = [.. again.Select(a => Math.Round(a / WidthSeconds, 3))],
        };

        // Where all was asked for before there is no segment to divide by, and a gap tells more than a tower.
        static double? PerSegment(double requests, double again) => requests > again ? Math.Round(requests / (requests - again), 4) : null;
    }
}

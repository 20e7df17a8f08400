using Gateway.Load.Pacing;

namespace Gateway.Load.OriginFaults;

/// <summary>
/// How an origin of two destinations fails, drawn from a seed: the same request at the same destination fails in the same way in every run. Each request for media is drawn by itself, so
/// that a second request may be lucky, as it is with a busy disk or a sick worker; what is late for everybody alike is not modelled.
/// </summary>
internal sealed record FaultPlan
{
    public int Seed { get; init; } = 1;

    /// <summary>Share of media requests that are answered late.</summary>
    public double LateShare { get; init; } = 0.05;

    /// <summary>Seconds, drawn evenly between the two.</summary>
    public (double Least, double Most) LateSeconds { get; init; } = (2, 8);

    /// <summary>Share of media bodies that end early, at a byte drawn evenly.</summary>
    public double CutShare { get; init; } = 0.05;

    /// <summary>How long a destination answers nothing: connections break, requests hang.</summary>
    public double DeadSeconds { get; init; } = 10;

    /// <summary>From the beginning of one such time to the next at the same destination.</summary>
    public double DeadEverySeconds { get; init; } = 120;

    /// <summary>When the first destination dies for the first time; the second follows half a period later.</summary>
    public double FirstDeathSeconds { get; init; } = 20;

    /// <summary>Nothing fails: what stalls then is the machine's or the players' own.</summary>
    public static FaultPlan Calm(int seed) => new() { Seed = seed, LateShare = 0, CutShare = 0, DeadSeconds = 0 };

    /// <summary>What is wrong with the answer to one request.</summary>
    /// <param name="destination">0 or 1.</param>
    /// <param name="path">Of the object.</param>
    /// <param name="ordinal">Of this request among those for the same object at the same destination, from 0.</param>
    /// <returns>How long it is late, and which part of the body is sent, 1 = all.</returns>
    public (TimeSpan Late, double Sent) Of(int destination, string path, int ordinal)
    {
        var random = SeededRandom.For((ulong)Seed, ordinal, $"{destination}{path}");
        var late = random.NextDouble() < LateShare ? LateSeconds.Least + (random.NextDouble() * (LateSeconds.Most - LateSeconds.Least)) : 0;
        var sent = random.NextDouble() < CutShare ? random.NextDouble() : 1;
        return (TimeSpan.FromSeconds(late), sent);
    }

    /// <summary>How long a destination is still dead; zero when it is not.</summary>
    /// <param name="at">From the start of the run.</param>
    public TimeSpan DeadFor(int destination, TimeSpan at)
    {
        var since = at.TotalSeconds - FirstDeathSeconds - (destination * DeadEverySeconds / 2);
        if (since < 0) return TimeSpan.Zero;
        var within = since % DeadEverySeconds;
        return within < DeadSeconds ? TimeSpan.FromSeconds(DeadSeconds - within) : TimeSpan.Zero;
    }
}

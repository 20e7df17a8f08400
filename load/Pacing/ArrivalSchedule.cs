namespace Gateway.Load.Pacing;

/// <summary>
/// When each player of the injecting phases is meant to start: a function of phases and seed alone. The n-th arrival has its moment whatever became of the ones
/// before it, so that a system that stands still is still asked by all who would have come (no coordinated omission).
/// </summary>
/// <remarks>
/// A rate that runs from r₀ to r₁ over a phase of length T has brought r₀t + (r₁−r₀)t²/2T starts after t; an arrival is due when that reaches its number, which is
/// a quadratic equation for t. An even rate is the case r₀ = r₁. Fractions carry over from phase to phase.
/// </remarks>
internal sealed class ArrivalSchedule
{
    // For the rounding of sums: 600 starts in a minute at 10 a second are 600, not 599.9999.
    private const double Hair = 1e-6;

    private readonly List<Span> _spans = [];

    /// <param name="phases">Played one after the other.</param>
    /// <param name="seed">Draws the rates of <see cref="LoadSimulationKind.InjectRandom"/>.</param>
    public ArrivalSchedule(IReadOnlyList<LoadSimulation> phases, ulong seed)
    {
        var random = new SeededRandom(seed);
        var at = TimeSpan.Zero;
        var rate = 0.0; // starts in a second at the end of the phase before
        var before = 0.0;
        foreach (var phase in phases)
        {
            switch (phase.Kind)
            {
                case LoadSimulationKind.Inject:
                    rate = PerSecond(phase, phase.Amount);
                    Add(at, phase.During, rate, rate, ref before);
                    break;
                case LoadSimulationKind.RampingInject:
                    var end = PerSecond(phase, phase.Amount);
                    Add(at, phase.During, rate, end, ref before);
                    rate = end;
                    break;
                case LoadSimulationKind.InjectRandom:
                    for (var left = phase.During; left > TimeSpan.Zero; left -= phase.Interval)
                    {
                        rate = PerSecond(phase, random.Next((int)phase.Minimum, (int)phase.Amount + 1));
                        Add(at + phase.During - left, left < phase.Interval ? left : phase.Interval, rate, rate, ref before);
                    }

                    break;
                default:
                    rate = 0;
                    break;
            }

            at += phase.During;
        }

        Duration = at;
        Count = (long)Math.Floor(before + Hair);
    }

    /// <summary>Length of all phases together.</summary>
    public TimeSpan Duration { get; }

    /// <summary>How many start in all.</summary>
    public long Count { get; }

    /// <summary>The intended start of an arrival, from the start of the run. The first of an even rate comes at once, the next after 1/rate.</summary>
    /// <param name="arrival">From 0 to <see cref="Count"/> − 1.</param>
    public TimeSpan StartOf(long arrival)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(arrival);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(arrival, Count);
        var (low, high) = (0, _spans.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_spans[middle].Before <= arrival + Hair) low = middle;
            else high = middle - 1;
        }

        var span = _spans[low];
        return span.At + TimeSpan.FromSeconds(Math.Min(span.SecondsUntil(arrival - span.Before), span.Seconds));
    }

    private static double PerSecond(LoadSimulation phase, double amount) => amount / phase.Interval.TotalSeconds;

    private void Add(TimeSpan at, TimeSpan during, double from, double to, ref double before)
    {
        var starts = (from + to) / 2 * during.TotalSeconds;
        if (starts <= 0) return;
        _spans.Add(new Span(at, during.TotalSeconds, from, to, before));
        before += starts;
    }

    private readonly record struct Span(TimeSpan At, double Seconds, double From, double To, double Before)
    {
        public double SecondsUntil(double starts)
        {
            if (starts <= 0) return 0;
            var slope = (To - From) / Seconds;
            // The stable form of the quadratic formula: it has no difference of near equals, and is starts/From where the slope is 0.
            var root = Math.Sqrt(Math.Max(0, (From * From) + (2 * slope * starts)));
            return 2 * starts / (From + root);
        }
    }
}

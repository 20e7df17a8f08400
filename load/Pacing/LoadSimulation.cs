namespace Gateway.Load.Pacing;

/// <summary>
/// One phase of a scenario's load, in NBomber's words. Constant phases hold a number of copies at once (a copy that ends is followed by the next); injecting phases
/// start players at a rate, whether or not the earlier ones have ended.
/// </summary>
internal sealed record LoadSimulation
{
    private LoadSimulation(LoadSimulationKind kind, double amount, double minimum, TimeSpan interval, TimeSpan during)
    {
        // A day at a million starts a second is beyond any machine; what is larger is a slip of the pen, and would be a plan without end.
        if (during <= TimeSpan.Zero || during > TimeSpan.FromDays(7)) throw new ArgumentOutOfRangeException(nameof(during), during, "A phase takes more than nothing and at most seven days.");
        if (amount is < 0 or > 1_000_000 || double.IsNaN(amount)) throw new ArgumentOutOfRangeException(nameof(amount), amount, "A phase has 0 to 1,000,000 copies or starts in an interval.");
        if (minimum < 0 || minimum > amount || double.IsNaN(minimum)) throw new ArgumentOutOfRangeException(nameof(minimum), minimum, "The least rate is 0 or more, and not above the greatest.");
        if (interval <= TimeSpan.Zero) throw new ArgumentOutOfRangeException(nameof(interval), interval, "An interval takes more than nothing.");
        Kind = kind;
        Amount = amount;
        Minimum = minimum;
        Interval = interval;
        During = during;
    }

    public LoadSimulationKind Kind { get; }

    /// <summary>Copies at the end of a constant phase; starts in each <see cref="Interval"/> at the end of an injecting one.</summary>
    public double Amount { get; }

    /// <summary>The least starts in an interval of <see cref="LoadSimulationKind.InjectRandom"/>; 0 elsewhere.</summary>
    public double Minimum { get; }

    public TimeSpan Interval { get; }

    public TimeSpan During { get; }

    /// <summary>Whether players start at a rate.</summary>
    public bool IsInjecting => Kind is LoadSimulationKind.Inject or LoadSimulationKind.RampingInject or LoadSimulationKind.InjectRandom;

    /// <summary>From the copies of the phase before to <paramref name="copies"/>, evenly over the phase.</summary>
    public static LoadSimulation RampingConstant(int copies, TimeSpan during) => new(LoadSimulationKind.RampingConstant, copies, 0, during, during);

    /// <summary>This many copies at once.</summary>
    public static LoadSimulation KeepConstant(int copies, TimeSpan during) => new(LoadSimulationKind.KeepConstant, copies, 0, during, during);

    /// <summary>From the rate of the phase before to <paramref name="rate"/> starts in each interval, evenly over the phase.</summary>
    public static LoadSimulation RampingInject(double rate, TimeSpan interval, TimeSpan during) => new(LoadSimulationKind.RampingInject, rate, 0, interval, during);

    /// <summary>This many starts in each interval, at even distances.</summary>
    public static LoadSimulation Inject(double rate, TimeSpan interval, TimeSpan during) => new(LoadSimulationKind.Inject, rate, 0, interval, during);

    /// <summary>In each interval a number of starts drawn evenly between the two, both included, at even distances.</summary>
    public static LoadSimulation InjectRandom(int minRate, int maxRate, TimeSpan interval, TimeSpan during) =>
        new(LoadSimulationKind.InjectRandom, maxRate, minRate, interval, during);

    /// <summary>Nobody starts; copies of a constant phase end.</summary>
    public static LoadSimulation Pause(TimeSpan during) => new(LoadSimulationKind.Pause, 0, 0, during, during);
}

namespace Gateway.Adaptation.Policy;

/// <summary>The rules by which all sessions are judged: read from the options once, immutable, the same in production and in simulation.</summary>
internal sealed class AdaptationPolicy
{
    public AdaptationPolicy(AdaptationOptions options)
    {
        Options = options;
        Levers = options.ReadLevers();
        Guard = new RungGuard(options.BufferShare, options.Horizon.TotalSeconds);
    }

    public AdaptationOptions Options { get; }

    public AdaptationLevers Levers { get; }

    public RungGuard Guard { get; }

    public bool Has(AdaptationLevers lever) => (Levers & lever) != AdaptationLevers.None;
}

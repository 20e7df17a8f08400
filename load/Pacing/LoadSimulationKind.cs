namespace Gateway.Load.Pacing;

/// <summary>NBomber's load simulations, under their names there.</summary>
internal enum LoadSimulationKind
{
    RampingConstant,
    KeepConstant,
    RampingInject,
    Inject,
    InjectRandom,
    Pause,
}

namespace Gateway.Load.Scenarios;

/// <summary>Something that happens to the system in the middle of a run, at a moment of the plan.</summary>
/// <param name="At">From the start of the run.</param>
/// <param name="Kind">What.</param>
/// <param name="Gateway">Which gateway, from 0, where one is meant.</param>
internal sealed record Disturbance(TimeSpan At, DisturbanceKind Kind, int Gateway = 0)
{
    /// <summary>As charts and logs name it.</summary>
    public string Label => Kind switch
    {
        DisturbanceKind.KillGateway => $"gateway {Gateway + 1} killed",
        DisturbanceKind.StartGateway => $"gateway {Gateway + 1} back",
        DisturbanceKind.DrainGateway => $"gateway {Gateway + 1} drains",
        DisturbanceKind.StopGateway => $"gateway {Gateway + 1} stopped",
        DisturbanceKind.OriginDown => "origin down",
        DisturbanceKind.OriginSlow => "origin slow",
        DisturbanceKind.OriginLying => "origin breaks off",
        DisturbanceKind.RestartBalancer => "balancer restarted",
        DisturbanceKind.StopDatabase => "database away",
        DisturbanceKind.StartDatabase => "database back",
        DisturbanceKind.EnlargeDisks => "room on the disks",
        _ => "origin back",
    };
}

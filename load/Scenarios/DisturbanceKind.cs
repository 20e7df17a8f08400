namespace Gateway.Load.Scenarios;

/// <summary>What may happen to the system under test.</summary>
internal enum DisturbanceKind
{
    /// <summary>SIGKILL: connections break, nothing is told.</summary>
    KillGateway,

    /// <summary>Readiness turns bad, what runs goes on.</summary>
    DrainGateway,

    /// <summary>SIGTERM, and time to finish.</summary>
    StopGateway,

    /// <summary>Starts again at its old address.</summary>
    StartGateway,

    /// <summary>The origin answers 503 to everything.</summary>
    OriginDown,

    /// <summary>The origin takes two seconds longer for everything.</summary>
    OriginSlow,

    /// <summary>Every second body of the origin ends in the middle.</summary>
    OriginLying,

    /// <summary>The origin is as it should be.</summary>
    OriginUp,

    /// <summary>HAProxy is killed and started again.</summary>
    RestartBalancer,

    /// <summary>PostgreSQL is cut off from its clients and ended.</summary>
    StopDatabase,

    /// <summary>PostgreSQL is started again.</summary>
    StartDatabase,

    /// <summary>The file systems of the disk tier get room.</summary>
    EnlargeDisks,
}

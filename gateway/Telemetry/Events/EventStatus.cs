namespace Gateway.Telemetry.Events;

/// <summary>Outcome of what an event reports.</summary>
internal enum EventStatus
{
    /// <summary>It succeeded.</summary>
    Success,

    /// <summary>A rule refused it: no right, wrong input, a limit, draining.</summary>
    Reject,

    /// <summary>It failed.</summary>
    Error,
}

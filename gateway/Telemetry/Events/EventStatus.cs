namespace Gateway.Telemetry.Events;

/// <summary>How the thing that an event tells of ended.</summary>
internal enum EventStatus
{
    /// <summary>It was done.</summary>
    Success,

    /// <summary>A rule refused it: no right, wrong input, a limit, draining.</summary>
    Reject,

    /// <summary>It should have been done and was not.</summary>
    Error,
}

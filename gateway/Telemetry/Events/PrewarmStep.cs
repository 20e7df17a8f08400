namespace Gateway.Telemetry.Events;

/// <summary>How far the next item's session was prepared.</summary>
internal enum PrewarmStep
{
    /// <summary><c>session.prewarm_success</c></summary>
    Success,

    /// <summary><c>session.prewarm_validated</c></summary>
    Validated,

    /// <summary><c>session.prewarm_validation_failed</c></summary>
    ValidationFailed,

    /// <summary><c>session.prewarm_discarded</c></summary>
    Discarded,
}

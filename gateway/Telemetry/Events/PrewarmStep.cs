namespace Gateway.Telemetry.Events;

/// <summary>Steps of preparing the next item's session.</summary>
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

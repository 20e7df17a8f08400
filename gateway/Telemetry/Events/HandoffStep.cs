namespace Gateway.Telemetry.Events;

/// <summary>Steps of a handoff from one session to the next; each is an event of its own.</summary>
internal enum HandoffStep
{
    /// <summary><c>session.handoff_attempt</c></summary>
    Attempt,

    /// <summary><c>session.handoff_recovered</c></summary>
    Recovered,

    /// <summary><c>session.handoff_failure</c></summary>
    Failure,

    /// <summary><c>session.handoff_load_error</c>: the new session was made, the player could not load it.</summary>
    LoadError,

    /// <summary><c>session.handoff_circuit_open</c>: too many in a short time; no more are tried for a while.</summary>
    CircuitOpen,

    /// <summary><c>session.handoff_circuit_recovered</c></summary>
    CircuitRecovered,

    /// <summary><c>session.handoff_skipped</c>: there was nothing to move.</summary>
    Skipped,
}

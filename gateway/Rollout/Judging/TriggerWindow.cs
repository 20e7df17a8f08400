namespace Gateway.Rollout.Judging;

/// <summary>What was counted over the last 60 s of the sessions that the wave has. A client's own mistakes (400, 401, 403, 404, 429) are in none of the counts.</summary>
internal sealed record TriggerWindow
{
    /// <summary>Sessions asked for.</summary>
    public long Creates { get; init; }

    /// <summary>Of these refused or failed.</summary>
    public long CreateFailures { get; init; }

    public long Handoffs { get; init; }

    public long HandoffFailures { get; init; }

    /// <summary>Requests for manifests and segments.</summary>
    public long Fetches { get; init; }

    public long FetchFailures { get; init; }

    /// <summary>Sessions that met at least one failed fetch.</summary>
    public long SessionsWithFetchFailures { get; init; }

    public long ActiveSessions { get; init; }

    /// <summary>Of these interrupted by the deploy.</summary>
    public long InterruptedSessions { get; init; }

    /// <summary>Whether a controlled deploy is under way.</summary>
    public bool IsDeploying { get; init; }
}

namespace Gateway.Rollout.Judging;

/// <summary>What was counted over the last 60 s of the sessions that the wave has. A client's own mistakes (400, 401, 403, 404, 429) are in none of the counts.</summary>
internal sealed record TriggerWindow
{
    /// <summary>Names in each of the lists of viewers; more are not needed to know that there are enough.</summary>
    public const int MostViewers = 64;

    /// <summary>Sessions asked for.</summary>
    public long Creates { get; init; }

    /// <summary>Of these refused or failed.</summary>
    public long CreateFailures { get; init; }

    /// <summary>Who met such a failure: hashes of users, or of networks, up to <see cref="MostViewers"/>.</summary>
    public IReadOnlyList<ulong> CreateFailureViewers { get; init; } = [];

    public long Handoffs { get; init; }

    public long HandoffFailures { get; init; }

    /// <inheritdoc cref="CreateFailureViewers"/>
    public IReadOnlyList<ulong> HandoffFailureViewers { get; init; } = [];

    /// <summary>Requests for manifests and segments.</summary>
    public long Fetches { get; init; }

    public long FetchFailures { get; init; }

    /// <inheritdoc cref="CreateFailureViewers"/>
    public IReadOnlyList<ulong> FetchFailureViewers { get; init; } = [];

    public long ActiveSessions { get; init; }

    /// <summary>Of these interrupted by the deploy.</summary>
    public long InterruptedSessions { get; init; }

    /// <inheritdoc cref="CreateFailureViewers"/>
    public IReadOnlyList<ulong> InterruptedViewers { get; init; } = [];

    /// <summary>Whether a controlled deploy is under way.</summary>
    public bool IsDeploying { get; init; }

    /// <summary>The sum with what another gateway has counted; whoever failed on both is one viewer.</summary>
    public TriggerWindow Plus(TriggerWindow other) => new()
    {
        Creates = Creates + other.Creates,
        CreateFailures = CreateFailures + other.CreateFailures,
        CreateFailureViewers = Union(CreateFailureViewers, other.CreateFailureViewers),
        Handoffs = Handoffs + other.Handoffs,
        HandoffFailures = HandoffFailures + other.HandoffFailures,
        HandoffFailureViewers = Union(HandoffFailureViewers, other.HandoffFailureViewers),
        Fetches = Fetches + other.Fetches,
        FetchFailures = FetchFailures + other.FetchFailures,
        FetchFailureViewers = Union(FetchFailureViewers, other.FetchFailureViewers),
        ActiveSessions = ActiveSessions + other.ActiveSessions,
        InterruptedSessions = InterruptedSessions + other.InterruptedSessions,
        InterruptedViewers = Union(InterruptedViewers, other.InterruptedViewers),
        IsDeploying = IsDeploying,
    };

    private static ulong[] Union(IReadOnlyList<ulong> a, IReadOnlyList<ulong> b) => [.. a.Union(b).Take(MostViewers)];
}

namespace Gateway.Problems;

/// <summary>What one occurrence of a problem adds to its row in <see cref="ProblemTable"/>.</summary>
internal sealed record ProblemNotes
{
    /// <summary>Replaces the table's sentence. Never holds what a client sent.</summary>
    public string? Detail { get; init; }

    /// <summary>Replaces the table's state, for example when a broken build had a network cause and will heal.</summary>
    public HintState? State { get; init; }

    /// <summary>Replaces the table's reason token.</summary>
    public string? Reason { get; init; }

    /// <summary>When to ask again; only told for <see cref="HintState.Waiting"/>.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Value of <c>Allow</c>, which a 405 has to have (RFC 9110 §15.5.6).</summary>
    public string? Allow { get; init; }

    /// <summary>Fields of the request's body that are wrong, and why.</summary>
    public IReadOnlyList<(string Field, string Error)> Fields { get; init; } = [];
}

namespace Gateway.Origin;

/// <summary>What came of a continuation; the snake-case name is a metric label.</summary>
internal enum ContinuationOutcome
{
    /// <summary>The rest of the same representation follows.</summary>
    Continued,

    /// <summary>A destination had another representation, or another part of it; its answer was dropped.</summary>
    Other,

    /// <summary>No destination had the rest, or nobody wanted it any more: the body stays broken.</summary>
    GivenUp,
}

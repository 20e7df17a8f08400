namespace Gateway.Adaptation;

/// <summary>What a player says it will ask for next (<c>nor</c>). A claim of the client: nothing may be fetched for its sake alone.</summary>
/// <param name="Reference">Relative to the URL of the request that said so; as it was spelled, percent-encoded once more in version 1.</param>
/// <param name="Range"><c>first-last</c>, either of which may be missing; null for the whole.</param>
internal readonly record struct NextObject(string Reference, string? Range);

namespace Gateway.Adaptation;

/// <summary>An object that the player announces as its next request (<c>nor</c>). It is a claim of the client: nothing may be fetched for its sake alone.</summary>
/// <param name="Reference">Relative to the URL of the request that carried it; as it was spelled, percent-encoded once more in version 1.</param>
/// <param name="Range"><c>first-last</c>, either of which may be missing; null for the whole.</param>
internal readonly record struct NextObject(string Reference, string? Range);

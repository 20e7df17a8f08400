namespace Gateway.Manifests;

/// <summary>Thrown out of the writing of a manifest that grows beyond its bounds, so that the work ends where they are reached.</summary>
internal sealed class ManifestRefusedException(ManifestOutcome outcome) : Exception($"The manifest is refused: {outcome}.")
{
    /// <summary><see cref="ManifestOutcome.TooLarge"/> or <see cref="ManifestOutcome.Overloaded"/>.</summary>
    public ManifestOutcome Outcome => outcome;
}

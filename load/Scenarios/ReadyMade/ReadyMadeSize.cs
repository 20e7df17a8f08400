namespace Gateway.Load.Scenarios.ReadyMade;

/// <summary>How large a ready-made test is to be.</summary>
/// <param name="Players">At once at its peak, or in all where a test has them all come at once.</param>
/// <param name="Duration">Of the load.</param>
/// <param name="Seed">Draws everything that is random.</param>
/// <param name="Traces">Folder with traces of real lines; null where none was named.</param>
internal sealed record ReadyMadeSize(int Players, TimeSpan Duration, int Seed, string? Traces)
{
    /// <summary>A part of the duration, at least a second.</summary>
    public TimeSpan Part(double share) => TimeSpan.FromSeconds(Math.Max(1, Math.Round(Duration.TotalSeconds * share)));
}

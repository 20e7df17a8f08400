using Gateway.Rollout.Judging;

namespace Gateway.Load.Waves;

/// <summary>How a wave went.</summary>
/// <param name="Name">Of its plan.</param>
/// <param name="Decision">The judge's, or a reversion by the system itself.</param>
/// <param name="Summary">Why.</param>
/// <param name="Control">Sessions of control.</param>
/// <param name="Treatment">Sessions of the wave.</param>
/// <param name="Interrupted">Sessions of either side that played and were broken off.</param>
/// <param name="Evidence">By metric; empty with no control to compare with.</param>
internal sealed record WaveResult(string Name, Decision Decision, string Summary, long Control, long Treatment, int Interrupted, IReadOnlyList<MetricEvidence> Evidence);

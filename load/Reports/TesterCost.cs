namespace Gateway.Load.Reports;

/// <summary>What the tester itself took. Where gateway and origin run in the same process, their part is in it, and <see cref="IsShared"/> says so.</summary>
/// <param name="CpuSeconds">Of this process, during the run.</param>
/// <param name="PeakBytes">Largest working set of this process.</param>
/// <param name="IsShared">Whether the system under test ran in this process.</param>
/// <param name="Segments">Media segments loaded.</param>
internal sealed record TesterCost(double CpuSeconds, long PeakBytes, bool IsShared, long Segments)
{
    /// <summary>Milliseconds of processor time; 0 without segments.</summary>
    public double CpuMsPerSegment => Segments == 0 ? 0 : CpuSeconds * 1000 / Segments;
}

namespace Gateway.Load.Reports;

/// <summary>What the tester itself took. Where parts of the system under test run in the same process, their part is in it, and <see cref="SharedWith"/> names them.</summary>
/// <param name="CpuSeconds">Of this process, during the run.</param>
/// <param name="PeakBytes">Largest working set of this process.</param>
/// <param name="SharedWith">What else ran in this process; null = nothing.</param>
/// <param name="Segments">Media segments loaded.</param>
/// <param name="HeapBytesPerPlayer">Growth of the managed heap over the run for each player that was there at its end, after a collection; null where a gateway shared the heap.</param>
internal sealed record TesterCost(double CpuSeconds, long PeakBytes, string? SharedWith, long Segments, double? HeapBytesPerPlayer = null)
{
    /// <summary>Milliseconds of processor time; 0 without segments.</summary>
    public double CpuMsPerSegment => Segments == 0 ? 0 : CpuSeconds * 1000 / Segments;
}

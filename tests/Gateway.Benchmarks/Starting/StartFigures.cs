using System.Globalization;

namespace Gateway.Benchmarks.Starting;

/// <summary>What one start has shown.</summary>
/// <param name="Ready">From the process's start to the first "ready", in seconds.</param>
/// <param name="Playlist">The first playlist, connecting included, in milliseconds.</param>
/// <param name="Segment">The first segment, which nobody has asked for yet, in milliseconds.</param>
/// <param name="Rates">Requests in each second from the first one on.</param>
/// <param name="Costs">Processor time of the gateway for one of them, in microseconds.</param>
/// <param name="Settled">Requests a second, settled.</param>
/// <param name="SettledCost">Processor time for one of those.</param>
/// <param name="Resident">Resident memory when it was ready, in MiB.</param>
internal sealed record StartFigures(double Ready, double Playlist, double Segment, double[] Rates, double[] Costs, double Settled, double SettledCost, double Resident)
{
    public static readonly (string Name, Func<StartFigures, double> Figure, string Format)[] Rows =
    [
        ("ready after, s", f => f.Ready, "0.00"),
        ("resident then, MiB", f => f.Resident, "0"),
        ("first playlist, ms", f => f.Playlist, "0.0"),
        ("first segment, ms", f => f.Segment, "0.0"),
        ("requests in second 1 ÷ settled", f => f.Rates[0] / f.Settled, "0.00"),
        ("second 2", f => f.Rates[1] / f.Settled, "0.00"),
        ("second 3", f => f.Rates[2] / f.Settled, "0.00"),
        ("second 5", f => f.Rates[4] / f.Settled, "0.00"),
        ("second 10", f => f.Rates[9] / f.Settled, "0.00"),
        ("settled, requests a second", f => f.Settled, "0"),
        ("processor time of a request in second 1 ÷ settled", f => f.Costs[0] / f.SettledCost, "0.00"),
        ("second 2", f => f.Costs[1] / f.SettledCost, "0.00"),
        ("second 3", f => f.Costs[2] / f.SettledCost, "0.00"),
        ("second 5", f => f.Costs[4] / f.SettledCost, "0.00"),
        ("second 10", f => f.Costs[9] / f.SettledCost, "0.00"),
        ("settled, µs", f => f.SettledCost, "0.0"),
    ];

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"ready {Ready:0.00} s, {Resident:0} MiB, playlist {Playlist:0.0} ms, segment {Segment:0.0} ms, a second {string.Join(' ', Rates.Select(r => r.ToString("0", CultureInfo.InvariantCulture)))} … {Settled:0}, µs {string.Join(' ', Costs.Select(c => c.ToString("0", CultureInfo.InvariantCulture)))} … {SettledCost:0}");
}

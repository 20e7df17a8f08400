using System.Globalization;
using Gateway.Benchmarks.Hits;
using Gateway.Benchmarks.Peers;

namespace Gateway.Benchmarks.Saturation;

/// <summary>
/// The same mix of hits as fast as the gateway answers it, with one core and with two, or under several modes of the garbage collector. The client shares the machine: its own processor time stands beside the gateway's, and where both
/// have the same cores, the second core can double what the first does and no more. Gateways take turns in an order that changes from round to round, and quotients are made round by round.
/// </summary>
internal static class SaturationCost
{
    private const int WarmUpRounds = 4;
    private const int BallastRounds = 10;

    private static readonly TimeSpan s_turn = TimeSpan.FromSeconds(1.5);

    /// <param name="rounds">Turns of each gateway.</param>
    /// <param name="comparesModes">Modes of the collector, and not numbers of cores.</param>
    public static async Task RunAsync(int rounds, bool comparesModes)
    {
        await using var origin = await HitOrigin.StartAsync();
        var gateways = new List<SaturatedGateway>();
        try
        {
            SaturationPlace[] places = comparesModes ? [SaturationPlace.Beside, SaturationPlace.Two] : [SaturationPlace.Beside, SaturationPlace.One, SaturationPlace.Two];
            foreach (var mode in comparesModes ? CollectorMode.All : [CollectorMode.Built])
            {
                foreach (var place in places) gateways.Add(await SaturatedGateway.StartAsync(origin.Urls.Single(), mode, place));
            }

            if (comparesModes) foreach (var gateway in gateways) await gateway.FillAsync(BallastRounds);
            for (var round = -WarmUpRounds; round < rounds; round++)
            {
                for (var turn = 0; turn < gateways.Count; turn++)
                {
                    var gateway = gateways[(turn + round + WarmUpRounds) % gateways.Count];
                    var played = await gateway.PlayAsync(s_turn);
                    if (round >= 0) gateway.Turns.Add(played);
                }
            }

            Console.WriteLine($"{rounds} turns of {s_turn.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s each; load average {File.ReadAllText("/proc/loadavg").Trim()}");
            if (comparesModes) PrintModes(gateways);
            else PrintCores(gateways);
        }
        finally
        {
            foreach (var gateway in gateways) await gateway.DisposeAsync();
        }
    }

    private static void PrintCores(List<SaturatedGateway> gateways)
    {
        Console.WriteLine("| place | requests/s | gateway, µs a request | client, µs a request | requests a second of processor time | contended locks in a thousand requests | p50, ms | p99, ms |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (var gateway in gateways)
        {
            string Text(Func<SaturationTurn, double> of, string format) => Spread.Text(gateway.Turns.Select(of), format);
            Console.WriteLine(
                $"| {gateway.Place.Name} | {Text(t => t.Rate, "0")} | {Text(t => t.ServerMicros, "0.0")} | {Text(t => t.ClientMicros, "0.0")} | {Text(t => t.PerProcessorSecond, "0")} | {Text(t => t.ContendedInAThousand, "0.00")} | {Text(t => t.Median, "0.00")} | {Text(t => t.Late, "0.00")} |");
        }

        var (one, two) = (gateways.Single(g => g.Place == SaturationPlace.One).Turns, gateways.Single(g => g.Place == SaturationPlace.Two).Turns);
        string Two(Func<SaturationTurn, double> of) => Spread.Ratio(two.Select(of), one.Select(of));
        Console.WriteLine($"two cores ÷ one: requests/s {Two(t => t.Rate)}; gateway's µs {Two(t => t.ServerMicros)}; client's µs {Two(t => t.ClientMicros)}; requests a second of processor time {Two(t => t.PerProcessorSecond)}");
    }

    private static void PrintModes(List<SaturatedGateway> gateways)
    {
        Console.WriteLine("| collector | cores | requests/s | gateway, µs a request | ÷ the first row of the cores | p99, ms | paused, % | resident, MiB |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (var place in gateways.Select(g => g.Place).Distinct())
        {
            var first = gateways.First(g => g.Place == place);
            foreach (var gateway in gateways.Where(g => g.Place == place))
            {
                string Text(Func<SaturationTurn, double> of, string format) => Spread.Text(gateway.Turns.Select(of), format);
                Console.WriteLine(
                    $"| {gateway.Mode.Name} | {place.Name} | {Text(t => t.Rate, "0")} | {Text(t => t.ServerMicros, "0.0")} | {Spread.Ratio(gateway.Turns.Select(t => t.ServerMicros), first.Turns.Select(t => t.ServerMicros))} | {Text(t => t.Late, "0.00")} | {Text(t => t.PausedShare * 100, "0.00")} | {Text(t => t.Resident, "0")} |");
            }
        }
    }
}

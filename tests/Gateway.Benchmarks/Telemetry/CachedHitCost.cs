using System.Globalization;

namespace Gateway.Benchmarks.Telemetry;

/// <summary>
/// Cost of observability: processor time of a gateway for one segment out of its cache, with metrics, without, and with traces sampled at 1 %.
/// </summary>
/// <remarks>
/// Three gateways run side by side, each in a process of its own, because span creation is switched for the whole process. They take
/// turns of a fraction of a second, and a round's figures are compared with each other only: other load on the machine hits all three alike.
/// Only the processes' own time is counted, user and system, so neither the client nor the origin is in it. The event log is off, which makes the
/// share of the metrics look larger, not smaller. The fastest tenth of the turns is printed beside the median: other processes on the machine
/// can only add time.
/// </remarks>
internal static class CachedHitCost
{
    public const int Rounds = 150;

    private const int WarmUpRounds = 24;
    private const double Least = 0.1;
    private const int RequestsPerTurn = 4_000;

    /// <summary>Two seconds at 3 Mbit/s, half a second of a small rendition, and next to nothing: there only the request itself is left.</summary>
    private static readonly int[] SegmentSizes = [750_000, 100_000, 1_000];

    public static async Task RunAsync(int rounds)
    {
        await using var network = await BenchmarkOrigin.StartAsync();
        await using var without = await MeasuredGateway.StartAsync(network.Url, "--Gateway:Telemetry:Metrics=false");
        await using var with = await MeasuredGateway.StartAsync(network.Url);
        await using var traced = await MeasuredGateway.StartAsync(
            network.Url, $"--OTEL_EXPORTER_OTLP_TRACES_ENDPOINT={network.Url}v1/traces", "--OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
            "--OTEL_TRACES_SAMPLER=parentbased_traceidratio", "--OTEL_TRACES_SAMPLER_ARG=0.01");
        (string Name, MeasuredGateway Gateway)[] variants = [("without metrics", without), ("with metrics", with), ("metrics, traces 1 %", traced)];

        Console.WriteLine("| segment | variant | µs of processor a request: fastest tenth, median (quartiles) | against none: fastest tenth, median (quartiles) |");
        Console.WriteLine("| --- | --- | --- | --- |");
        foreach (var size in SegmentSizes)
        {
            var requests = size > 200_000 ? RequestsPerTurn / 4 : RequestsPerTurn;
            var times = variants.Select(_ => new List<double>()).ToArray();
            for (var round = -WarmUpRounds; round < rounds; round++)
            {
                // The first variant changes from round to round: the first after a change of process finds the CPU caches cold.
                for (var turn = 0; turn < variants.Length; turn++)
                {
                    var who = (turn + round + WarmUpRounds) % variants.Length;
                    var took = await variants[who].Gateway.PlayAsync(size, requests);
                    if (round >= 0) times[who].Add(took.TotalMicroseconds / requests);
                }
            }

            for (var who = 0; who < variants.Length; who++)
            {
                var shares = times[who].Zip(times[0], (mine, none) => (mine / none) - 1).ToArray();
                var least = (Quantile(times[who], Least) / Quantile(times[0], Least)) - 1;
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {size} B | {variants[who].Name} | {Quantile(times[who], Least):0.0}, {Quantile(times[who], 0.5):0.0} ({Quantile(times[who], 0.25):0.0}–{Quantile(times[who], 0.75):0.0}) | {least:+0.0 %;-0.0 %}, {Quantile(shares, 0.5):+0.0 %;-0.0 %} ({Quantile(shares, 0.25):+0.0 %;-0.0 %} … {Quantile(shares, 0.75):+0.0 %;-0.0 %}) |"));
            }
        }
    }

    private static double Quantile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted[(int)(share * (sorted.Length - 1))];
    }
}

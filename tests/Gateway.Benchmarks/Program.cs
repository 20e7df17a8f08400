using BenchmarkDotNet.Running;
using Gateway.Benchmarks.Telemetry;

namespace Gateway.Benchmarks;

/// <summary>
/// <c>dotnet run -c Release --project tests/Gateway.Benchmarks -- --filter '*Hls*'</c>; <c>--list flat</c> shows what there is.
/// <c>-- telemetry-cost</c> measures whole processes instead: what metrics and traces cost a cached hit;
/// <c>-- session-memory</c> what a session holds; <c>-- cache-scale [objects …]</c> what the cache's operations cost with 10⁴ to 10⁶ objects;
/// <c>-- prefetch-contention</c> how often threads meet where segments are wanted ahead;
/// <c>-- fuzz --requests 100000 --seed 1</c> sends what no honest client sends and tells what it broke;
/// <c>-- soak [hours]</c> a day of live in fast motion (two minutes), which ends with 2 when the heap grows.
/// </summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        if (args is ["fuzz", ..]) return await Fuzz.RunAsync(args);
        if (args is ["telemetry-cost", ..]) await CachedHitCost.RunAsync(args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : CachedHitCost.Rounds);
        else if (args is ["cache-scale", ..]) await CacheScale.RunAsync(args.Length > 1 ? [.. args[1..].Select(a => int.Parse(a, System.Globalization.CultureInfo.InvariantCulture))] : [10_000, 100_000, 1_000_000]);
        else if (args is ["soak", ..]) return await Soak.RunAsync(args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 24);
        else if (args is ["prefetch-contention"]) await PrefetchContention.RunAsync();
        else if (args is ["session-memory"]) SessionMemory.Print();
        else BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        return 0;
    }
}

using System.Globalization;
using Gateway.FunctionalTests.Common;

namespace Gateway.Benchmarks;

/// <summary><c>fuzz --requests N --seed N</c>: see <see cref="HostileRun"/>. Exit code 1 when anything was found.</summary>
internal static class Fuzz
{
    public static async Task<int> RunAsync(string[] args)
    {
        var requests = Number(args, "--requests", 100_000);
        var seed = Number(args, "--seed", 1);
        var began = TimeProvider.System.GetTimestamp();
        await using var run = new HostileRun();
        await run.RunAsync(requests, seed, done => Console.WriteLine($"{done} requests"));
        foreach (var (answer, count) in run.Answers.OrderBy(a => a.Key, StringComparer.Ordinal)) Console.WriteLine($"  {answer,-16} {count,8}");
        foreach (var fault in run.Faults) Console.WriteLine(fault);
        Console.WriteLine($"{run.Answers.Values.Sum()} requests in {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0} s, seed {seed}: {run.Faults.Count} faults");
        return run.Faults.Count == 0 ? 0 : 1;
    }

    private static int Number(string[] args, string name, int preset)
    {
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : preset;
    }
}

using System.Globalization;
using Gateway.Benchmarks.Starting;

namespace Gateway.Benchmarks.Hits;

/// <summary>
/// What small answers, playlists and misses cost a gateway: processor time, bytes allocated, locks found taken, each for one request. Builds are compared within one run: they take turns of a fraction of a second, in an order that
/// changes from round to round, and quotients are made turn by turn, so that other load on the machine hits all alike.
/// </summary>
/// <remarks>
/// Each scrape of the counters is in the figures of the turn that it begins: 0.3 ms over some thousand requests. Start it on another core than the gateways': <c>taskset -c 1 dotnet run …</c>.
/// </remarks>
internal static class HitCost
{
    private const string OnlyMark = "only=";

    /// <summary>Beside the turns that are thrown away: by then what a case needs has been compiled for the last time. With less the first case of the table costs twice what it does later.</summary>
    private static readonly TimeSpan Warmup = TimeSpan.FromSeconds(3);

    /// <summary>Each miss is kept: more of them would fill the cache, and what is measured then is eviction.</summary>
    private const int WarmupTurnsOfMisses = 6;

    /// <param name="args">
    /// Rounds, the gateways' cores as taskset(1) takes them, and paths of further builds' Gateway.dll; variables before a path (<c>DOTNET_TieredPGO=0</c>) are for that build. Of the cases, <c>only=2 KB</c> measures those with that in their names.
    /// </param>
    public static async Task RunAsync(string[] args)
    {
        var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 20;
        var cores = args.Length > 1 ? args[1] : "0";
        await using var origin = await HitOrigin.StartAsync();
        var gateways = new List<HitGateway>();
        var only = "";
        try
        {
            var environment = new List<string>();
            foreach (var word in args.Skip(2).Prepend(Path.Combine(AppContext.BaseDirectory, "Gateway.dll")))
            {
                if (word.StartsWith(OnlyMark, StringComparison.Ordinal))
                {
                    only = word[OnlyMark.Length..];
                    continue;
                }

                if (FirstSeconds.IsEnvironment(word))
                {
                    environment.Add(word);
                    continue;
                }

                gateways.Add(await HitGateway.StartAsync(word, cores, origin.Urls.Single(), environment));
                environment.Clear();
            }

            for (var i = 0; i < gateways.Count; i++) Console.WriteLine($"{i}: {gateways[i].Name}");
            Console.WriteLine($"cores {cores}, load average {File.ReadAllText("/proc/loadavg").Trim()}");
            Console.WriteLine("| case | build | µs of processor a request: median (lowest–highest) | build 0 ÷ this | bytes allocated | contentions in a thousand | requests/s |");
            Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
            foreach (var asked in HitCase.All)
            {
                if (asked.Name.Contains(only, StringComparison.Ordinal)) await CompareAsync(asked, gateways, rounds);
            }
        }
        finally
        {
            foreach (var gateway in gateways) await gateway.DisposeAsync();
        }
    }

    private static async Task CompareAsync(HitCase asked, List<HitGateway> gateways, int rounds)
    {
        foreach (var gateway in gateways)
        {
            var began = TimeProvider.System.GetTimestamp();
            for (var turn = 0; TimeProvider.System.GetElapsedTime(began) < Warmup && !(asked.IsNew && turn == WarmupTurnsOfMisses); turn++) await gateway.PlayAsync(asked);
        }

        var turns = gateways.Select(_ => new List<(HitCounters Used, TimeSpan Took)>()).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var turn = 0; turn < gateways.Count; turn++)
            {
                var who = (turn + round) % gateways.Count;
                turns[who].Add(await gateways[who].PlayAsync(asked));
            }
        }

        for (var who = 0; who < gateways.Count; who++)
        {
            var micros = turns[who].ConvertAll(t => t.Used.Processor.TotalMicroseconds / asked.Requests);
            var quotients = turns[0].Zip(turns[who], (first, mine) => first.Used.Processor / mine.Used.Processor).ToList();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {asked.Name} | {who} | {Spread(micros, "0.0")} | {Spread(quotients, "0.00")} | {turns[who].Sum(t => t.Used.Allocated) / asked.Requests / rounds:0} | {turns[who].Sum(t => t.Used.Contended) * 1000 / asked.Requests / rounds:0.00} | {Median(turns[who].ConvertAll(t => asked.Requests / t.Took.TotalSeconds)):0} |"));
        }
    }

    private static string Spread(List<double> values, string format) =>
        string.Create(CultureInfo.InvariantCulture, $"{Median(values).ToString(format, CultureInfo.InvariantCulture)} ({values.Min().ToString(format, CultureInfo.InvariantCulture)}–{values.Max().ToString(format, CultureInfo.InvariantCulture)})");

    private static double Median(List<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}

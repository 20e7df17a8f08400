using System.Globalization;
using Gateway.Load.Links;
using Gateway.Load.Links.Virtual;
using Gateway.Load.Players.Titles;

namespace Gateway.Load.Players;

/// <summary>Measures what an hour of playing costs in virtual time.</summary>
internal static class VirtualCost
{
    private static readonly TimeSpan s_film = TimeSpan.FromHours(1);

    /// <summary>Plays films of an hour in 4-second segments, video and audio, over all traces, on one thread per loop, and writes player-hours a minute for each set of rules.</summary>
    /// <param name="traces">What the links are shaped by.</param>
    /// <param name="rules">Sets of rules, each measured by itself.</param>
    /// <param name="players">Players per set.</param>
    /// <param name="threads">Loops that run at the same time.</param>
    /// <param name="time">Clock by which it is measured.</param>
    /// <param name="output">Gets a line per set.</param>
    /// <returns>Player-hours a minute of the slowest set.</returns>
    public static double Measure(IReadOnlyList<RateTrace> traces, IReadOnlyList<RuleSet> rules, int players, int threads, TimeProvider time, TextWriter output)
    {
        var least = double.PositiveInfinity;
        Play(traces, rules[0], threads * 4, threads);
        foreach (var set in rules)
        {
            var began = time.GetTimestamp();
            var cpu = Environment.CpuUsage.TotalTime;
            var allocated = GC.GetTotalAllocatedBytes();
            var results = Play(traces, set, players, threads);
            var elapsed = time.GetElapsedTime(began);
            var spent = Environment.CpuUsage.TotalTime - cpu;
            var perMinute = players * s_film.TotalHours / elapsed.TotalMinutes;
            least = Math.Min(least, perMinute);
            var requests = results.Sum(r => (long)r.Requests);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{set,-10} {players} player-hours in {elapsed.TotalSeconds:0.00} s = {perMinute:0} a minute ({players * s_film.TotalHours / spent.TotalMinutes:0} for each minute of a core); {spent.TotalMicroseconds / requests:0.0} us of a core and {(GC.GetTotalAllocatedBytes() - allocated) / requests} B a request; mean {results.Average(r => r.MeanKbps):0} kbit/s, {results.Sum(r => r.StallTime.TotalSeconds) / results.Sum(r => r.Played.TotalHours):0.0} s stalled an hour"));
        }

        return least;
    }

    private static PlayerResult[] Play(IReadOnlyList<RateTrace> traces, RuleSet rules, int players, int threads)
    {
        var results = new PlayerResult[players];
        var loops = new Thread[threads];
        for (var i = 0; i < threads; i++)
        {
            var first = i;
            loops[i] = new Thread(() =>
            {
                // Everything of a thread is its own: title, library, loop.
                var title = new SyntheticTitle(new TitleShape { Segments = (int)(s_film.TotalSeconds / 4) });
                var library = new ManifestLibrary(VirtualRun.Target);
                for (var p = first; p < players; p += threads)
                {
                    var plan = new PlayerPlan
                    {
                        Index = p,
                        Target = VirtualRun.Target,
                        Title = rules == RuleSet.DashJs ? title.Dash : title.Hls,
                        Rules = rules,
                        Stay = s_film,
                        Cmcd = false,
                        Seed = p,
                    };
                    results[p] = VirtualRun.Play(plan, title, new LinkOptions { Trace = traces[p % traces.Count] }, library);
                }
            });
            loops[i].Start();
        }

        foreach (var loop in loops) loop.Join();
        return results;
    }
}

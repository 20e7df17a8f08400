using BenchmarkDotNet.Running;
using Gateway.Benchmarks.Hits;
using Gateway.Benchmarks.Lending;
using Gateway.Benchmarks.Live;
using Gateway.Benchmarks.Peers;
using Gateway.Benchmarks.Saturation;
using Gateway.Benchmarks.SharedWrites;
using Gateway.Benchmarks.Starting;
using Gateway.Benchmarks.Telemetry;

namespace Gateway.Benchmarks;

/// <summary>
/// <c>dotnet run -c Release --project tests/Gateway.Benchmarks -- --filter '*Hls*'</c>; <c>--list flat</c> lists the benchmarks.
/// <c>-- telemetry-cost</c> measures whole processes instead: the cost of metrics and traces for a cached hit;
/// <c>-- hit-cost [rounds] [cores] [[DOTNET_…=…] Gateway.dll …]</c> small answers, playlists and misses: processor time, allocations, contended locks, of this build and others;
/// <c>-- tls-cost rounds Gateway.dll</c> cached objects over TLS, this build and another in turn;
/// <c>-- saturation [rounds] [gc]</c> a mix of hits as fast as it goes, on one core and on two, or under several modes of the garbage collector;
/// <c>-- shared-writes [requests]</c> interlocked operations, locks and writes to fields of a request, by place in the code, and whose memory it is;
/// <c>-- session-memory [types]</c> a session's memory; <c>-- cache-scale [objects …]</c> the cost of the cache's operations with 10⁴ to 10⁶ objects;
/// <c>-- object-memory [objects]</c> what a cached object holds beside its bytes; <c>-- slow-viewers [connections]</c> what connections hold;
/// <c>-- page [short]</c> is what <c>tests/bench</c> runs: the figures beside nginx and Varnish in docs/benchmarks.md;
/// <c>-- disk-cost</c> an object from memory, from disk and from an origin; <c>-- disk-cost send</c> what sendfile would save; <c>-- disk-cost recovery [bytes]</c> the start over a terabyte full of objects of so many bytes;
/// <c>-- prefetch-contention</c> lock contention in the prefetch scheduler;
/// <c>-- fuzz --requests 100000 --seed 1</c> sends hostile requests and reports faults;
/// <c>-- first-seconds [starts] [folder of a published gateway] [knobs] [DOTNET_…=…]</c> a published gateway's first playlist, first segment and first ten seconds of load, with the warm-up and without;
/// <c>-- cold-start [starts]</c> just-in-time titles in Chromium: first picture, first sound, warm starts and seeks to what is not made yet;
/// <c>-- live-latency [seconds]</c> how far hls.js, shaka and ffmpeg are behind a live session, and how soon an uploaded chunk can be played;
/// <c>-- lent-stress [minutes]</c> looks for wrong bytes where cached blocks are lent, and ends with 2 when there is one, or a block stays held;
/// <c>-- soak [hours]</c> a day of live in fast motion (two minutes), which ends with 2 when the heap grows;
/// <c>-- live-day [hours] [window]</c> a day of live ingest in fast motion, with a sliding window of so many seconds (120), or with 0 a playlist that keeps everything.
/// </summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        if (args is ["fuzz", ..]) return await Fuzz.RunAsync(args);
        if (args is ["telemetry-cost", ..]) await CachedHitCost.RunAsync(args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : CachedHitCost.Rounds);
        else if (args is ["hit-cost", ..]) await HitCost.RunAsync(args[1..]);
        else if (args is ["cache-scale", ..]) await CacheScale.RunAsync(args.Length > 1 ? [.. args[1..].Select(a => int.Parse(a, System.Globalization.CultureInfo.InvariantCulture))] : [10_000, 100_000, 1_000_000]);
        else if (args is ["disk-cost", ..]) await DiskCost.RunAsync(args[1..]);
        else if (args is ["page", ..]) await BenchPage.RunAsync(args[1..]);
        else if (args is ["slow-viewers", ..]) await SlowViewers.RunAsync(args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : SlowViewers.Viewers);
        else if (args is ["object-memory", ..]) await CacheScale.PrintMemoryAsync(args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 1_000_000);
        else if (args is ["first-seconds", ..]) await FirstSeconds.RunAsync(args[1..]);
        else if (args is ["cold-start", ..]) return await ColdStart.RunAsync(args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 20);
        else if (args is ["live-latency", ..]) return await LiveLatency.RunAsync(args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 120);
        else if (args is ["lent-stress", ..]) return await LentStress.RunAsync(args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 10);
        else if (args is ["soak", ..]) return await Soak.RunAsync(args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 16);
        else if (args is ["live-day", ..]) return await LiveDay.RunAsync(args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 24, args.Length > 2 ? int.Parse(args[2], System.Globalization.CultureInfo.InvariantCulture) : 120);
        else if (args is ["tls-cost", var rounds, var other]) await TlsCost.RunAsync(int.Parse(rounds, System.Globalization.CultureInfo.InvariantCulture), other);
        else if (args is ["saturation", ..]) await SaturationCost.RunAsync(args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 10, comparesModes: args is [_, _, "gc"]);
        else if (args is ["shared-writes", ..]) await SharedWritesCost.RunAsync(args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 960);
        else if (args is ["prefetch-contention"]) await PrefetchContention.RunAsync();
        else if (args is ["session-memory", ..]) SessionMemory.Print(byType: args is [_, "types"]);
        else BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        return 0;
    }
}

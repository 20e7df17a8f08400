using System.Globalization;
using Gateway.Prefetch;
using Gateway.Timelines;
using Gateway.Transcoding;

namespace Gateway.Benchmarks;

/// <summary>
/// Sixteen threads of viewers at the prefetch scheduler, with the calls of a media request: six segments wanted, one settled, the rest given back. The output is how
/// often a thread found a lock taken (<see cref="Monitor.LockContentionCount"/>), for viewers whose next segments are held, are being fetched for all of them, and are more
/// than may be under way at once.
/// </summary>
internal static class PrefetchContention
{
    private const int Threads = 16;
    private const int Requests = 50_000;
    private const int Wants = 6;

    public static async Task RunAsync()
    {
        Console.WriteLine("case              requests/s  contentions for a million requests");
        await CaseAsync("held", titles: 1000, isHeld: true, hangs: false);
        await CaseAsync("shared", titles: 1, isHeld: false, hangs: true);
        await CaseAsync("no place", titles: 1000, isHeld: false, hangs: true);
    }

    private static async Task CaseAsync(string name, int titles, bool isHeld, bool hangs)
    {
        using var cache = new BenchCache([1], limit: 1L << 30) { Hangs = hangs };
        if (isHeld)
        {
            for (var title = 0; title < titles; title++)
            {
                for (var segment = 0; segment < Wants; segment++) await cache.GetAsync(PathOf(title, segment));
            }
        }

        var scheduler = new PrefetchScheduler(cache.Cache, new PrefetchOptions(), new TranscoderOptions(), new PrefetchMetrics(cache.Meters), TimeProvider.System);
        var contended = Monitor.LockContentionCount;
        var start = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Factory.StartNew(() => Serve(scheduler, thread, titles), TaskCreationOptions.LongRunning)));
        var seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        const double all = (double)Threads * Requests;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{name,-16}{all / seconds,12:0}  {(Monitor.LockContentionCount - contended) * 1e6 / all,10:0}"));
    }

    private static void Serve(PrefetchScheduler scheduler, int thread, int titles)
    {
        var dice = new Random(thread);
        var shares = new List<PrefetchItem>();
        for (var request = 0; request < Requests; request++)
        {
            var viewer = new Lookahead();
            var title = dice.Next(titles);
            var now = TimeProvider.System.GetUtcNow();
            for (var segment = 0; segment < Wants; segment++)
            {
                if (scheduler.Want(viewer, new RangedAddress(BenchCache.Address(PathOf(title, segment)), null), now.AddSeconds(segment), isCounted: false) is { } share) shares.Add(share);
            }

            if (shares.Count > 0) scheduler.Settle(shares[0]);
            for (var i = 1; i < shares.Count; i++) scheduler.GiveBack([shares[i]]);
            shares.Clear();
        }
    }

    private static string PathOf(int title, int segment) => string.Create(CultureInfo.InvariantCulture, $"/films/{title}/seg_{segment}.m4s");
}

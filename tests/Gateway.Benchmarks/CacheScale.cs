using System.Globalization;
using Gateway.Caching.Store;

namespace Gateway.Benchmarks;

/// <summary>
/// What each operation of the cache costs with 10⁴, 10⁵ and 10⁶ objects in it: titles of a thousand segments each, and one object in ten in a partition of its own, as a
/// cached route has them. Bodies are empty, so that a million of them fit into a few gigabytes. The result should be flat or logarithmic: the cost of an operation must
/// depend on the objects it touches, not on the number of others.
/// </summary>
internal static class CacheScale
{
    private const int PerTitle = 1000;
    private const int Repeats = 200;

    public static async Task RunAsync(int[] sizes)
    {
        Console.WriteLine("objects    hit/us  insert/us  unsafe/us  purge a title/us  demote a title/us  evict 100/us  sweep/us");
        foreach (var size in sizes) Console.WriteLine(await RowAsync(size));
    }

    /// <summary>What an object holds beside its bytes: key, head, entry, place in the index, and in the list by which it is evicted.</summary>
    public static async Task PrintMemoryAsync(int objects)
    {
        using var cache = new BenchCache([], limit: 1L << 40);
        for (var i = 0; i < PerTitle; i++) await PutAsync(cache, i);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = PerTitle; i < PerTitle + objects; i++) await PutAsync(cache, i);
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)objects;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{each:0} bytes, {objects} objects"));
        GC.KeepAlive(cache);
    }

    private static async Task<string> RowAsync(int objects)
    {
        using var cache = new BenchCache([], limit: 1L << 40);
        for (var i = 0; i < objects; i++) await PutAsync(cache, i);
        GC.Collect();
        var dice = new Random(1);
        // Warm-up, each operation once.
        cache.Trimmer.Trim(sweep: true);
        var hit = await TimeAsync(Repeats * 100, _ => PutAsync(cache, dice.Next(objects)));
        var insert = await TimeAsync(Repeats, i => cache.GetAsync($"/new/{i}.m4s"));
        var unsafely = await TimeAsync(Repeats, _ => new ValueTask(cache.Cache.InvalidateAsync(BenchCache.Address(PathOf(dice.Next(objects))))));
        var purge = Time(3, i => cache.Cache.Purge("origin", $"/films/{i}/"));
        var demote = Time(3, i => cache.Cache.Demote([("origin", $"/films/{i + 3}/")], _ => false));
        var evict = Time(Repeats / 10, _ =>
        {
            var free = cache.Cache.Parts.Budget.Limit - cache.Cache.Parts.Budget.Used;
            var asked = cache.Cache.Parts.Trims.AskAsync(free + 100 * CacheEntry.Overhead);
            cache.Trimmer.Trim(sweep: false);
            if (!asked.IsCompleted) throw new InvalidOperationException("Nobody answered.");
        });
        var sweep = Time(5, _ => cache.Trimmer.Trim(sweep: true));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{objects,7}{hit,10:0.00}{insert,11:0.0}{unsafely,11:0.0}{purge,18:0}{demote,19:0}{evict,14:0}{sweep,10:0}");
    }

    private static ValueTask PutAsync(BenchCache cache, int number) => cache.GetAsync(PathOf(number), number % 10 == 0 ? "https://shop.example" : string.Empty);

    private static string PathOf(int number) => string.Create(CultureInfo.InvariantCulture, $"/films/{number / PerTitle}/seg_{number % PerTitle:00000}.m4s");

    /// <summary>Microseconds of one operation.</summary>
    private static double Time(int times, Action<int> action)
    {
        var start = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < times; i++) action(i);
        return TimeProvider.System.GetElapsedTime(start).TotalMicroseconds / times;
    }

    private static async Task<double> TimeAsync(int times, Func<int, ValueTask> action)
    {
        var start = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < times; i++) await action(i);
        return TimeProvider.System.GetElapsedTime(start).TotalMicroseconds / times;
    }
}

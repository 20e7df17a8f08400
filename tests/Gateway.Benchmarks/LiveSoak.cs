using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Gateway.Caching;
using Gateway.Connections;
using Gateway.Origin;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Benchmarks;

/// <summary>
/// A day of live television in fast motion: four renditions, each with a new playlist and a new segment every two seconds, confirmed, replaced and swept as in a running
/// gateway. Prints what the process holds after each two hours; both columns have to be flat.
/// </summary>
internal static class LiveSoak
{
    private const int Renditions = 4;
    private const int SegmentBytes = 50_000;
    private static readonly TimeSpan Duration = TimeSpan.FromHours(24);
    private static readonly TimeSpan Target = TimeSpan.FromSeconds(2);

    public static async Task RunAsync()
    {
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var metrics = new CacheMetrics(services.GetRequiredService<IMeterFactory>());
        var clock = new FastClock();
        var options = new CacheOptions();
        var trims = new TrimRequests();
        var parts = new CellarParts(options, (request, _) => ValueTask.FromResult(Answer(request, clock)), clock, metrics, NullLogger.Instance)
        {
            Budget = new MemoryBudget(64 << 20, options.HighWatermark, options.CriticalWatermark),
            Pool = new Caching.BlockPool(64 << 20),
            Trims = trims,
            MakeRoom = trims.AskAsync,
        };
        await using var cellar = new Cellar(parts);
        using var trimmer = new Trimmer(cellar, static () => new MemoryLoad(0, 1L << 40), static () => { }, new ConnectionMemory(1 << 20));
        Console.WriteLine("hours  resident MiB  heap MiB  entries  cached MiB");
        for (var at = TimeSpan.Zero; at <= Duration; at += Target)
        {
            if (at.Ticks % TimeSpan.FromHours(2).Ticks == 0) Print(at, cellar);
            for (var rendition = 0; rendition < Renditions; rendition++)
            {
                await ReadAsync(cellar, $"/live/{rendition}/media.m3u8", FetchPurpose.Manifest);
                await ReadAsync(cellar, string.Create(CultureInfo.InvariantCulture, $"/live/{rendition}/{(long)at.TotalSeconds}.m4s"), FetchPurpose.Demand);
            }

            clock.Now += Target;
            trimmer.Trim(sweep: true);
        }
    }

    private static void Print(TimeSpan at, Cellar cellar)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var heap = GC.GetTotalMemory(forceFullCollection: true);
        using var process = Process.GetCurrentProcess();
        var held = cellar.Statistics();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{at.TotalHours,5:0}{process.WorkingSet64 / 1048576.0,14:0.0}{heap / 1048576.0,10:0.0}{held.Entries,9}{held.Bytes / 1048576.0,12:0.0}"));
    }

    private static async Task ReadAsync(Cellar cellar, string path, FetchPurpose purpose)
    {
        var request = new MediaRequest
        {
            Address = new MediaAddress("origin", path, string.Empty),
            Purpose = purpose,
            Fields = [new HeaderLine("User-Agent", "a player")],
        };
        using var reply = await cellar.OpenAsync(request, CancellationToken.None);
        for (long position = 0; ;)
        {
            var bytes = await reply.ReadAsync(position, CancellationToken.None);
            if (bytes.IsEmpty) return;
            position += bytes.Length;
        }
    }

    /// <summary>A playlist changes with each target duration, and is confirmed once in between; a segment never changes.</summary>
    private static OriginReply Answer(OriginRequest request, FastClock clock)
    {
        var version = clock.Now.Ticks / Target.Ticks;
        var tag = string.Create(CultureInfo.InvariantCulture, $"\"{(request.Purpose == FetchPurpose.Manifest ? version - version % 2 : 0)}\"");
        HeaderLine[] fields = [new("ETag", tag), new("Cache-Control", request.Purpose == FetchPurpose.Manifest ? "max-age=1" : "max-age=60")];
        if (request.IfNoneMatch == tag) return new OriginReply(new ResponseHead(304, fields), "http://origin" + request.Address.Path, 0, Stream.Null);
        var body = new byte[request.Purpose == FetchPurpose.Manifest ? 4000 : SegmentBytes];
        return new OriginReply(new ResponseHead(200, fields), "http://origin" + request.Address.Path, body.Length, new MemoryStream(body));
    }

    private sealed class FastClock : TimeProvider
    {
        public TimeSpan Now { get; set; } = TimeSpan.FromDays(1);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + Now;
    }
}

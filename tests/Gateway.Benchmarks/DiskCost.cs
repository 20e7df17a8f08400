using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Gateway.Caching;
using Gateway.Caching.Disk;
using Gateway.Caching.Eviction;
using Gateway.Caching.Policy;
using Gateway.Caching.Store;
using Gateway.Media;
using Gateway.Origin;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Benchmarks;

/// <summary>
/// The cache's disk: processor time of an object that comes from memory, from disk (the system's page cache), and from an origin on loopback, which is a process of its own; and the time to read a full tier of a
/// terabyte at the start, from sparse files with real heads and footers.
/// </summary>
internal static class DiskCost
{
    private const int ObjectBytes = 1 << 20;
    private const int Objects = 64;
    private const int Rounds = 20;

    public static async Task RunAsync(string[] args)
    {
        if (args is ["origin"]) await ServeAsync();
        else if (args is ["send"] or ["drain", _]) await DiskSend.RunAsync(args);
        else if (args is ["recovery", ..]) await RecoverAsync(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 4 << 20);
        else await CompareAsync();
    }

    private static async Task CompareAsync()
    {
        var folder = Directory.CreateTempSubdirectory("gateway-disk-");
        using var origin = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, "disk-cost origin") { RedirectStandardOutput = true, UseShellExecute = false })!;
        var address = $"http://127.0.0.1:{await origin.StandardOutput.ReadLineAsync()}/";
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>();
        var tier = new DiskTier(new DiskFiles(folder.FullName), SlabLayout.For(1L << 30), TimeProvider.System, new DiskMetrics(meters), NullLogger.Instance);
        tier.TryOpen();
        tier.TryRecover();
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        try
        {
            await using var cache = Open(meters, client, address, tier);
            await using var without = Open(meters, client, address, null);
            for (var i = 0; i < 3; i++) await ReadAllAsync(cache, empties: false);
            await tier.FlushAsync();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{tier.Entries} of {Objects} objects of {ObjectBytes} bytes on disk; milliseconds of processor time an object, without the origin's own:"));
            for (var i = 0; i < 3; i++)
            {
                Console.WriteLine($"memory {await MeasureAsync(cache, empties: false)}");
                Console.WriteLine($"disk   {await MeasureAsync(cache, empties: true)}");
                Console.WriteLine($"origin {await MeasureAsync(without, empties: true)}");
            }
        }
        finally
        {
            origin.Kill();
            await tier.CloseAsync();
            folder.Delete(recursive: true);
        }
    }

    private static MediaCache Open(System.Diagnostics.Metrics.IMeterFactory meters, HttpClient client, string address, DiskTier? tier)
    {
        var options = new CacheOptions { MaxBytes = 512 << 20 };
        var trims = new TrimRequests();
        return new MediaCache(new CacheParts(options, (request, cancellation) => FetchAsync(client, address, request, cancellation), TimeProvider.System, new CacheMetrics(meters), NullLogger.Instance)
        {
            Budget = new MemoryBudget(options.MaxBytes, options.HighWatermark, options.CriticalWatermark),
            Pool = new BodyBlockPool(options.MaxBytes),
            Trims = trims,
            MakeSpace = trims.AskAsync,
            Disk = tier,
        });
    }

    private static async ValueTask<OriginReply> FetchAsync(HttpClient client, string address, OriginRequest request, CancellationToken cancellation)
    {
        var response = await client.GetAsync(address + request.Address.Path[1..], HttpCompletionOption.ResponseHeadersRead, cancellation);
        var head = new ResponseHead(200, [new HeaderLine("Cache-Control", "max-age=3600"), new HeaderLine("ETag", "\"1\"")]);
        return new OriginReply(head, address, response.Content.Headers.ContentLength, await response.Content.ReadAsStreamAsync(cancellation), response);
    }

    private static async Task<string> MeasureAsync(MediaCache cache, bool empties)
    {
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        for (var i = 0; i < Rounds; i++) await ReadAllAsync(cache, empties);
        process.Refresh();
        return ((process.TotalProcessorTime - before).TotalMilliseconds / (Rounds * Objects)).ToString("F3", CultureInfo.InvariantCulture);
    }

    private static async Task ReadAllAsync(MediaCache cache, bool empties)
    {
        if (empties)
        {
            foreach (var cacheSlot in cache.Index)
            {
                foreach (var entry in cacheSlot.Entries) cache.Index.Drop(cacheSlot, entry, EvictionReason.Capacity);
            }
        }

        for (var i = 0; i < Objects; i++)
        {
            using var reply = await cache.OpenAsync(new CacheRequest { Address = new MediaAddress("origin", $"/seg{i}", ""), Rules = StorageRules.Media }, CancellationToken.None);
            for (long position = 0; await reply.ReadAsync(position, CancellationToken.None) is { IsEmpty: false } bytes;) position += bytes.Length;
        }
    }

    /// <summary>A tier of a terabyte, full of objects of one size, is read twice: with its files out of the page cache where this user may drop that, and with them in it.</summary>
    private static async Task RecoverAsync(int objectBytes)
    {
        var layout = SlabLayout.For(1L << 40);
        var folder = Directory.CreateTempSubdirectory("gateway-disk-");
        try
        {
            var files = new DiskFiles(folder.FullName);
            Fill(layout, files, objectBytes);
            for (var i = 0; i < 3; i++)
            {
                var isCold = i < 2 && TryDropPages();
                var began = TimeProvider.System.GetTimestamp();
                var store = DiskStore.Open(files, layout, static _ => { }, static _ => true);
                store.Recover();
                var took = TimeProvider.System.GetElapsedTime(began);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{store.Index.Count} objects, {store.Index.Bytes / (double)(1L << 40):F3} TiB, {(isCold ? "cold" : "warm")}: {took.TotalSeconds:F3} s; {store.Index.OwnBytes / (double)store.Index.Count:F1} bytes an object"));
                await store.CloseAsync(static () => { });
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Fill(SlabLayout layout, DiskFiles files, int objectBytes)
    {
        using var state = StateFile.Open(files, layout);
        var blocks = SlabLayout.BlocksFor(objectBytes + 1024);
        ulong next = 1;
        for (var i = 0; i < layout.Slabs; i++)
        {
            using var slab = new Slab(files, layout, i, state.Seed);
            using (var sparse = new FileStream(Path.Combine(files.Folder, slab.Name), FileMode.CreateNew)) sparse.SetLength(layout.SlabBytes);
            slab.Open();
            slab.Begin(i + 1, 1);
            var records = new List<DiskPlace>();
            var block = 1;
            for (; block + blocks <= layout.EndOfRecords && records.Count < layout.MostRecords; block += blocks)
                records.Add(new DiskPlace(next++ * 0x9E3779B97F4A7C15, 0, slab.FirstBlock + (uint)block, (uint)blocks));
            slab.Write(SlabFooter.Write(state.Seed, i + 1, block, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(records)), (long)layout.EndOfRecords * SlabLayout.Block);
        }
    }

    private static bool TryDropPages()
    {
        try
        {
            using var sync = Process.Start("sync");
            sync.WaitForExit();
            File.WriteAllText("/proc/sys/vm/drop_caches", "1");
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static async Task ServeAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Console.WriteLine(((IPEndPoint)listener.LocalEndpoint).Port);
        var body = new byte[ObjectBytes];
        var head = Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {ObjectBytes}\r\n\r\n");
        while (true)
        {
            var client = await listener.AcceptTcpClientAsync();
            _ = AnswerAsync(client, head, body);
        }
    }

    private static async Task AnswerAsync(TcpClient client, byte[] head, byte[] body)
    {
        using (client)
        {
            using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
            while (await reader.ReadLineAsync() is { } line)
            {
                if (line.Length > 0) continue;
                await client.GetStream().WriteAsync(head);
                await client.GetStream().WriteAsync(body);
            }
        }
    }
}

using System.Diagnostics.Metrics;
using Gateway.Caching;
using Gateway.Origin;
using Gateway.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using ConnectionMemory = Gateway.Connections.ConnectionMemory;

namespace Gateway.Tests.Caching;

/// <summary>A cellar with a fake clock, a fake upstream and fake memory; trimming happens when the test says so, or when a fetch asks for room.</summary>
internal sealed class CellarHouse : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    /// <param name="clock">Another clock than the fake one, for tests with real threads.</param>
    public CellarHouse(Action<CacheOptions>? adjust = null, long limit = 16 << 20, TimeProvider? clock = null)
    {
        var options = new CacheOptions { MaxBytes = limit };
        adjust?.Invoke(options);
        Options = options;
        Metrics = new CacheMetrics(_services.GetRequiredService<IMeterFactory>());
        var trims = new TrimRequests();
        MakeRoom = bytes =>
        {
            var asked = trims.AskAsync(bytes);
            Trimmer!.Trim(sweep: false);
            return asked;
        };
        AheadEnded = (ending, _) => AheadEndings.Add(ending);
        Parts = new CellarParts(options, Upstream.FetchAsync, clock ?? Clock, Metrics, NullLogger.Instance)
        {
            Budget = new MemoryBudget(limit, options.HighWatermark, options.CriticalWatermark),
            Pool = new BodyBlockPool(limit),
            Trims = trims,
            MakeRoom = bytes => MakeRoom(bytes),
            AheadEnded = (ending, bytes) => AheadEnded(ending, bytes),
        };
        Cellar = new Cellar(Parts);
        Trimmer = new Trimmer(Cellar, () => Load, () => GivenBack++, Connections);
        Parts.Budget.Bell = () => Rings++;
    }

    public ManualTimeProvider Clock { get; } = new();

    public FakeUpstream Upstream { get; } = new();

    public CacheOptions Options { get; }

    public CacheMetrics Metrics { get; }

    public CellarParts Parts { get; }

    public Cellar Cellar { get; }

    public Trimmer Trimmer { get; }

    /// <summary>Who is asked for room, if not the trimmer.</summary>
    public Func<long, Task> MakeRoom { get; set; }

    /// <summary>Who is told of what was fetched ahead, if not <see cref="AheadEndings"/>.</summary>
    public AheadEnded AheadEnded { get; set; }

    public ConnectionMemory Connections { get; } = new(1 << 20);

    public MemoryLoad Load { get; set; } = new(0, 1L << 40);

    public int Rings { get; private set; }

    public int GivenBack { get; private set; }

    public List<PrefetchEnding> AheadEndings { get; } = [];

    public static MediaRequest Request(string path = "/a/seg1", StorageRules? rules = null, params (string Name, string Value)[] fields) => new()
    {
        Address = new MediaAddress("origin", path, string.Empty),
        Rules = rules ?? Segments,
        Fields = [.. fields.Select(f => new HeaderLine(f.Name, f.Value))],
    };

    /// <summary>Rules of an ordinary segment: kept for an hour when upstream is silent.</summary>
    public static StorageRules Segments { get; } = new() { DefaultLifetime = TimeSpan.FromHours(1) };

    public static byte[] Bytes(int count, int seed = 1)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++) bytes[i] = (byte)((i * 31 + seed * 7 + (i >> 8)) & 0xFF);
        return bytes;
    }

    public Task<CellarReply> OpenAsync(MediaRequest request, CancellationToken leaving = default) => Cellar.OpenAsync(request, leaving).AsTask();

    /// <summary>Opens, answers the fetch if there is one, reads everything and lets go.</summary>
    public async Task<(CacheResult Result, byte[] Body)> GetAsync(MediaRequest request)
    {
        using var reply = await Cellar.OpenAsync(request, CancellationToken.None).Within();
        return (reply.Result, await reply.ReadAllAsync());
    }

    /// <summary>Puts an object into the cellar.</summary>
    public async Task StoreAsync(string path, byte[] body, params (string Name, string Value)[] fields)
    {
        var open = OpenAsync(Request(path));
        (await Upstream.NextAsync()).Answer(200, body, fields);
        using var reply = await open.WaitAsync(Deadline.Value);
        Assert.Equal(body, await reply.ReadAllAsync());
        Assert.Equal(CacheResult.Filled, reply.Result);
    }

    public async ValueTask DisposeAsync()
    {
        await Cellar.DisposeAsync();
        Trimmer.Dispose();
        Metrics.Dispose();
        await _services.DisposeAsync();
    }
}

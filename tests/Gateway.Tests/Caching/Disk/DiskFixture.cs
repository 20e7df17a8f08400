using Gateway.Caching;
using Gateway.Caching.Disk;
using Gateway.Caching.Eviction;
using Gateway.Caching.Policy;
using Gateway.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Caching.Disk;

/// <summary>A cache over a disk tier with real files, small slabs and a fake clock, before an upstream that answers by itself.</summary>
internal sealed class DiskFixture : IAsyncDisposable
{
    /// <summary>Six slabs of 256 KiB: an object has 60 KiB at most, and a ring is full after some twenty of them.</summary>
    public static readonly SlabLayout Small = new(256 << 10, 6);

    private readonly DiskFolder? _own;

    public DiskFixture(DiskFolder? folder = null, SlabLayout? layout = null, ManualTimeProvider? clock = null, bool opens = true)
    {
        _own = folder is null ? new DiskFolder() : null;
        Folder = folder ?? _own!;
        Clock = clock ?? new ManualTimeProvider();
        Layout = layout ?? Small;
        Files = new DiskFiles(Folder.Path);
        Tier = new DiskTier(Files, Layout, Clock, Counts.Metrics, NullLogger.Instance);
        Memory = new CacheFixture(limit: 64 << 20, clock: Clock, disk: Tier);
        Memory.Upstream.Answers = call => call.Answer(200, Body(call.Request.Address.Path), ("Cache-Control", "max-age=3600"), ("ETag", "\"1\""), ("X-Kept", "ä"));
        if (opens) Open();
    }

    public DiskFolder Folder { get; }

    public SlabLayout Layout { get; }

    public ManualTimeProvider Clock { get; }

    public DiskFiles Files { get; }

    public DiskCounts Counts { get; } = new();

    public DiskTier Tier { get; }

    public CacheFixture Memory { get; }

    public FakeUpstream Upstream => Memory.Upstream;

    /// <summary>The bytes of an object, by its path: their length is some 50 KiB, not the same for all.</summary>
    public static byte[] Body(string path)
    {
        var seed = 0;
        foreach (var letter in path) seed = (seed * 31) + letter;
        return CacheFixture.Bytes(50_000 + (Math.Abs(seed) % 4096), seed);
    }

    public void Open()
    {
        Tier.TryOpen();
        Tier.TryRecover();
    }

    /// <summary>Requests an object twice, and waits until it lies on disk.</summary>
    public async Task WriteAsync(string path, StorageRules? rules = null, params (string, string)[] fields)
    {
        await Memory.GetAsync(CacheFixture.Request(path, rules, fields));
        await Memory.GetAsync(CacheFixture.Request(path, rules, fields));
        await FlushAsync();
    }

    public async Task FlushAsync()
    {
        await Deadline.Until(() => Memory.Cache.Statistics().Fetches == 0);
        await Tier.FlushAsync().WaitAsync(Deadline.Value);
    }

    /// <summary>Memory lets go of everything, as under pressure.</summary>
    public void EmptyMemory()
    {
        foreach (var cacheSlot in Memory.Cache.Index)
        {
            foreach (var entry in cacheSlot.Entries) Memory.Cache.Index.Drop(cacheSlot, entry, EvictionReason.Capacity);
        }
    }

    /// <summary>Requests an object that memory does not hold; the bytes must be right wherever they came from.</summary>
    public async Task<CacheReply> OpenAsync(string path, params (string, string)[] fields)
    {
        var reply = await Memory.OpenAsync(CacheFixture.Request(path, null, fields)).WaitAsync(Deadline.Value);
        Assert.Equal(Body(path), await reply.ReadAllAsync());
        return reply;
    }

    /// <summary>Whether an object that memory does not hold comes from disk.</summary>
    public async Task<bool> IsOnDiskAsync(string path, params (string, string)[] fields)
    {
        EmptyMemory();
        using var reply = await OpenAsync(path, fields);
        return reply.FromDisk;
    }

    public async ValueTask DisposeAsync()
    {
        Files.Before = null;
        await Memory.DisposeAsync();
        await Tier.CloseAsync().WaitAsync(Deadline.Value);
        Counts.Dispose();
        _own?.Dispose();
    }
}

using System.Security.Cryptography;
using Gateway.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using TranscoderStub.JustInTime;

namespace Gateway.FunctionalTests.Stub.JustInTime;

/// <summary>The store by itself: its clean-up by the clock, and segments that are written while they are made.</summary>
public sealed class SegmentStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("store-").FullName;
    private readonly ManualTimeProvider _clock = new();
    private readonly WorkCounters _work = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Store_OverItsGoal_IsPrunedEveryTenMinutesAndNotBefore()
    {
        using var store = Store(new SegmentStoreOptions { MaxBytes = 10_480, FreeSpaceFloor = 0 });
        store.Open();
        for (var i = 0; i < 10; i++) Assert.True(await KeepAsync(store, $"t/r/{i}", 1000));
        Assert.Equal(10_480, store.Bytes);

        // Used of late, the oldest two stay; the ones behind them go, down to 0.8.
        _clock.Advance(TimeSpan.FromMinutes(9));
        foreach (var used in (string[])["t/r/0", "t/r/1"]) Assert.NotNull(await store.FindAsync(used, CancellationToken.None));
        Assert.Equal(10_480, store.Bytes);
        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(8 * 1048, store.Bytes);
        Assert.Equal(8, Files());
        Assert.True(store.Contains("t/r/0"));
    }

    [Fact]
    public async Task Store_WhoseSegmentsAreYoung_KeepsThemAtItsPruning()
    {
        using var store = Store(new SegmentStoreOptions { MaxBytes = 10_480, FreeSpaceFloor = 0, PruneEvery = TimeSpan.FromMinutes(1) });
        store.Open();
        for (var i = 0; i < 10; i++) Assert.True(await KeepAsync(store, $"t/r/{i}", 1000));
        _clock.Advance(TimeSpan.FromMinutes(9));

        Assert.Equal(10_480, store.Bytes);
    }

    [Fact]
    public async Task Segments_ThatNobodyUsedForTheirTime_GoAtAPruning()
    {
        using var store = Store(new SegmentStoreOptions { FreeSpaceFloor = 0, MaxAge = TimeSpan.FromHours(1) });
        store.Open();
        Assert.True(await KeepAsync(store, "t/r/1", 1000));
        _clock.Advance(TimeSpan.FromMinutes(70));

        Assert.Equal((0, 0), (store.Bytes, Files()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_536)]
    [InlineData(1_000_001)]
    public async Task Spool_OfAnyLength_IsKeptAsWritten(int length)
    {
        using var store = Store(new SegmentStoreOptions { FreeSpaceFloor = 0 });
        var bytes = RandomNumberGenerator.GetBytes(length);
        await using (var spool = store.NewSpool())
        {
            Assert.True(spool.IsOnDisk);
            for (var at = 0; at < length; at += 777) await spool.WriteAsync(bytes.AsMemory(at, Math.Min(777, length - at)));
            var (made, isKept) = await store.KeepAsync("t/r/1", spool);

            Assert.True(isKept);
            Assert.Equal(SHA256.HashData(bytes), made.Hash);
            Assert.Equal(bytes, made.Body.ReadAll());
        }

        Assert.Equal(1, Files());
        if (length > 0) Assert.Equal(bytes, (await store.FindAsync("t/r/1", CancellationToken.None))!.Body.ReadAll());
    }

    [Fact]
    public async Task Spool_ThatIsGivenUp_LeavesNothing()
    {
        using var store = Store(new SegmentStoreOptions { FreeSpaceFloor = 0 });
        await using (var spool = store.NewSpool()) await spool.WriteAsync(new byte[200_000]);

        Assert.Equal(0, Files());
    }

    [Theory]
    [InlineData(0, 1L << 50)]
    [InlineData(1000, 0)]
    public async Task Spool_WithoutRoom_IsAnsweredAndNotKept(long mostBytes, long floor)
    {
        using var store = Store(new SegmentStoreOptions { MaxBytes = mostBytes, FreeSpaceFloor = floor });
        var bytes = RandomNumberGenerator.GetBytes(300_000);
        await using (var spool = store.NewSpool())
        {
            await spool.WriteAsync(bytes);
            var (made, isKept) = await store.KeepAsync("t/r/1", spool);
            Assert.False(isKept);
            Assert.Equal(bytes, made.Body.ReadAll());
        }

        Assert.Equal((0, 0, 1), (Files(), store.Bytes, _work.Snapshot(0, 0, 0).SegmentsNotKept));
    }

    [Fact]
    public async Task Spool_WhoseDiskIsFullInTheMiddle_GoesOnInMemory()
    {
        using var disk = SmallDisk.Mount(kilobytes: 300);
        using var store = Store(new SegmentStoreOptions { FreeSpaceFloor = 0 }, disk.Folder);
        var bytes = RandomNumberGenerator.GetBytes(500_000);
        await using (var spool = store.NewSpool())
        {
            await spool.WriteAsync(bytes.AsMemory(0, 200_000));
            Assert.True(spool.IsOnDisk);
            await spool.WriteAsync(bytes.AsMemory(200_000));
            var (made, isKept) = await store.KeepAsync("t/r/1", spool);

            Assert.Equal((false, false), (isKept, spool.IsOnDisk));
            Assert.Equal(bytes, made.Body.ReadAll());
            Assert.Equal(SHA256.HashData(bytes), made.Hash);
        }

        // What the full disk could not hold is gone, so that there is room again.
        var small = RandomNumberGenerator.GetBytes(200_000);
        Assert.True(await store.KeepAsync("t/r/2", small, SHA256.HashData(small)));
    }

    private SegmentStore Store(SegmentStoreOptions options, string? folder = null)
    {
        options.Path = folder ?? _folder;
        return new SegmentStore(options, _clock, _work, NullLogger<SegmentStore>.Instance);
    }

    private static async Task<bool> KeepAsync(SegmentStore store, string key, int length)
    {
        var bytes = RandomNumberGenerator.GetBytes(length);
        return await store.KeepAsync(key, bytes, SHA256.HashData(bytes));
    }

    private int Files() => Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).Count();
}

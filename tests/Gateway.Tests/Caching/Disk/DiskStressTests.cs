using System.Globalization;
using Gateway.Media;

namespace Gateway.Tests.Caching.Disk;

/// <summary>
/// Viewers, evictions and purges at once, over a ring that goes round: every body is one that upstream gave, whole, and none is older than the last purge that was over when its request began.
/// </summary>
public sealed class DiskStressTests
{
    private const int Workers = 4;
    private const int Steps = 300;
    private const int Objects = 24;

    private readonly long[] _versions = new long[Objects];
    private readonly long[] _floors = new long[Objects];

    [Fact]
    public async Task RequestsAndPurges_AtOnce_NeverGiveWhatWasPurged()
    {
        await using var fixture = new DiskFixture();
        fixture.Upstream.Answers = call =>
        {
            var version = Interlocked.Read(ref _versions[int.Parse(call.Request.Address.Path[3..], CultureInfo.InvariantCulture)]);
            call.Answer(200, BodyOf(call.Request.Address.Path, version), ("Cache-Control", "max-age=3600"), ("X-Version", version.ToString(CultureInfo.InvariantCulture)));
        };
        await Task.WhenAll(Enumerable.Range(1, Workers).Select(i => Task.Run(() => WorkAsync(fixture, new Lcg((uint)i))))).WaitAsync(Deadline.Value * 2);
        await fixture.FlushAsync();
        Assert.NotEqual(0, fixture.Counts["reads hit"]);
        Assert.NotEqual(0, fixture.Counts["writes written"]);
        Assert.Equal(0, fixture.Counts["reads corrupt"]);

        // And what a killed process leaves holds nothing of that either.
        using var killed = fixture.Folder.Copy();
        await using var next = new DiskFixture(killed, clock: fixture.Clock);
        next.Upstream.Answers = fixture.Upstream.Answers;
        for (var i = 0; i < Objects; i++) await ReadAsync(next, i);
    }

    private async Task WorkAsync(DiskFixture fixture, Lcg dice)
    {
        for (var step = 0; step < Steps; step++)
        {
            var one = dice.Next(Objects);
            var what = dice.Next(12);
            if (what == 0) fixture.EmptyMemory();
            else if (what == 1) await PurgeAsync(fixture, one, isRule: step % 8 == 0);
            else await ReadAsync(fixture, one);
        }
    }

    private async Task PurgeAsync(DiskFixture fixture, int one, bool isRule)
    {
        var version = Interlocked.Increment(ref _versions[one]);
        if (isRule) Assert.True(await fixture.Memory.Cache.Purge("origin", PathOf(one)).OnDisk!);
        else await fixture.Memory.Cache.InvalidateAsync(new MediaAddress("origin", PathOf(one), ""));
        var floor = Interlocked.Read(ref _floors[one]);
        while (floor < version)
        {
            var seen = Interlocked.CompareExchange(ref _floors[one], version, floor);
            if (seen == floor) return;
            floor = seen;
        }
    }

    private async Task ReadAsync(DiskFixture fixture, int one)
    {
        var floor = Interlocked.Read(ref _floors[one]);
        using var reply = await fixture.Memory.OpenAsync(CacheFixture.Request(PathOf(one))).WaitAsync(Deadline.Value);
        var version = long.Parse(reply.Head["X-Version"]!, CultureInfo.InvariantCulture);
        Assert.Equal(BodyOf(PathOf(one), version), await reply.ReadAllAsync());
        Assert.True(version >= floor, $"version {version} after a purge of {floor}");
    }

    /// <summary>Two digits, so that none is the beginning of another.</summary>
    private static string PathOf(int one) => string.Create(CultureInfo.InvariantCulture, $"/s/{one:D2}");

    private static byte[] BodyOf(string path, long version) => CacheFixture.Bytes(40_000 + path[^1], (int)version + (path[^1] * 7) + path[^2]);
}

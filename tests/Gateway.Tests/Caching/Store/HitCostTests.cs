using Gateway.Caching;
using Gateway.Testing;

namespace Gateway.Tests.Caching.Store;

public sealed class HitCostTests
{
    [Theory]
    [InlineData(1000)]
    [InlineData(1_000_000)]
    public async Task Hit_AnyBodySize_AllocatesOnlyItsLease(int length)
    {
        await using var fixture = new CacheFixture();
        await fixture.StoreAsync("/a/seg1", CacheFixture.Bytes(length));
        var request = CacheFixture.Request();
        Assert.Equal(length, await ReadAsync(fixture, request));
        const int hits = 100;
        long read = 0;
        var each = Allocations.Least(() =>
        {
            read = 0;
            for (var i = 0; i < hits; i++) read += ReadNow(fixture, request);
        }) / hits;
        Assert.Equal((long)hits * length, read);
        Assert.True(each <= 256, $"{each} bytes per hit");
    }

    private static long ReadNow(CacheFixture fixture, CacheRequest request)
    {
        var reading = ReadAsync(fixture, request);
        return reading.IsCompletedSuccessfully ? reading.Result : throw new InvalidOperationException("a stored body is there at once");
    }

    /// <summary>Allocates nothing itself as long as nothing waits.</summary>
    private static async ValueTask<long> ReadAsync(CacheFixture fixture, CacheRequest request)
    {
        using var reply = await fixture.Cache.OpenAsync(request, CancellationToken.None);
        long position = 0;
        while (true)
        {
            var bytes = await reply.ReadAsync(position, CancellationToken.None);
            if (bytes.IsEmpty) return position;
            position += bytes.Length;
        }
    }
}

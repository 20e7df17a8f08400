using Gateway.Caching;
using Gateway.Testing;

namespace Gateway.Tests.Caching;

public sealed class HitCostTests
{
    [Theory]
    [InlineData(1000)]
    [InlineData(1_000_000)]
    public async Task Hit_AllocatesItsLease_WhateverTheBodysSize(int length)
    {
        await using var house = new CellarHouse();
        await house.StoreAsync("/a/seg1", CellarHouse.Bytes(length));
        var request = CellarHouse.Request();
        Assert.Equal(length, await ReadAsync(house, request));
        const int hits = 100;
        long read = 0;
        var each = Allocations.Least(() =>
        {
            read = 0;
            for (var i = 0; i < hits; i++) read += ReadNow(house, request);
        }) / hits;
        Assert.Equal((long)hits * length, read);
        Assert.True(each <= 256, $"{each} bytes per hit");
    }

    private static long ReadNow(CellarHouse house, MediaRequest request)
    {
        var reading = ReadAsync(house, request);
        return reading.IsCompletedSuccessfully ? reading.Result : throw new InvalidOperationException("a stored body is there at once");
    }

    /// <summary>Allocates nothing itself as long as nothing is waited for.</summary>
    private static async ValueTask<long> ReadAsync(CellarHouse house, MediaRequest request)
    {
        using var reply = await house.Cellar.OpenAsync(request, CancellationToken.None);
        long position = 0;
        while (true)
        {
            var bytes = await reply.ReadAsync(position, CancellationToken.None);
            if (bytes.IsEmpty) return position;
            position += bytes.Length;
        }
    }
}

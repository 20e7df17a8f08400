using Gateway.Caching;

namespace Gateway.Tests.Caching;

public sealed class BlockPoolTests
{
    [Theory]
    [InlineData(1, BlockPool.Small)]
    [InlineData(BlockPool.Small, BlockPool.Small)]
    [InlineData(BlockPool.Small + 1, BlockPool.Medium)]
    [InlineData(BlockPool.Medium + 1, BlockPool.Large)]
    [InlineData(1 << 20, BlockPool.Large)]
    public void Size_IsTheSmallestThatHolds(long bytes, int size) => Assert.Equal(size, BlockPool.SizeFor(bytes));

    [Fact]
    public void Returned_IsLentAgain()
    {
        var pool = new BlockPool(1 << 20);
        var block = pool.Rent(BlockPool.Large);
        pool.Return(block);
        Assert.Equal(BlockPool.Large, pool.Idle);
        Assert.Same(block, pool.Rent(BlockPool.Large));
        Assert.Equal(0, pool.Idle);
        Assert.Equal(BlockPool.Large, pool.Lent);
    }

    [Fact]
    public void Abandoned_IsNeverLentAgain()
    {
        var pool = new BlockPool(1 << 20);
        var block = pool.Rent(BlockPool.Small);
        pool.Abandon(block);
        Assert.Equal(0, pool.Lent);
        Assert.NotSame(block, pool.Rent(BlockPool.Small));
    }

    [Fact]
    public void LentAndIdle_StayWithinTheLimit_WhateverTheSizes()
    {
        const long limit = 1 << 20;
        var pool = new BlockPool(limit);
        var random = new Lcg(7);
        var lent = new List<byte[]>();
        for (var i = 0; i < 5000; i++)
        {
            var size = random.Next(3) switch { 0 => BlockPool.Small, 1 => BlockPool.Medium, _ => BlockPool.Large };
            if (random.Next(2) == 0 && pool.Lent + size <= limit) lent.Add(pool.Rent(size));
            else if (lent.Count > 0)
            {
                var at = random.Next(lent.Count);
                pool.Return(lent[at]);
                lent.RemoveAt(at);
            }

            Assert.Equal(lent.Sum(b => (long)b.Length), pool.Lent);
            Assert.True(pool.Lent + pool.Idle <= limit);
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, BlockPool.Small)]
    [InlineData(5000, BlockPool.Medium)]
    [InlineData(20_000, BlockPool.Large)]
    [InlineData(BlockPool.Large, BlockPool.Large)]
    [InlineData(BlockPool.Large + 1, BlockPool.Large + BlockPool.Small)]
    public void Room_ForABody_FollowsItsLength(long length, long room) => Assert.Equal(room, BodyBlocks.RoomFor(length));
}

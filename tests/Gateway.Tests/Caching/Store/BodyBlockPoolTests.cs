using Gateway.Caching.Store;

namespace Gateway.Tests.Caching.Store;

public sealed class BodyBlockPoolTests
{
    [Theory]
    [InlineData(1, BodyBlockPool.Small)]
    [InlineData(BodyBlockPool.Small, BodyBlockPool.Small)]
    [InlineData(BodyBlockPool.Small + 1, BodyBlockPool.Medium)]
    [InlineData(BodyBlockPool.Medium + 1, BodyBlockPool.Large)]
    [InlineData(1 << 20, BodyBlockPool.Large)]
    public void SizeFor_AnyLength_IsTheSmallestThatFits(long bytes, int size) => Assert.Equal(size, BodyBlockPool.SizeFor(bytes));

    [Fact]
    public void Block_Returned_IsRentedAgain()
    {
        var pool = new BodyBlockPool(1 << 20);
        var block = pool.Rent(BodyBlockPool.Large);
        pool.Return(block);
        Assert.Equal(BodyBlockPool.Large, pool.Idle);
        Assert.Same(block, pool.Rent(BodyBlockPool.Large));
        Assert.Equal(0, pool.Idle);
        Assert.Equal(BodyBlockPool.Large, pool.Lent);
    }

    [Fact]
    public void Block_Abandoned_IsNeverRentedAgain()
    {
        var pool = new BodyBlockPool(1 << 20);
        var block = pool.Rent(BodyBlockPool.Small);
        pool.Abandon(block);
        Assert.Equal(0, pool.Lent);
        Assert.NotSame(block, pool.Rent(BodyBlockPool.Small));
    }

    [Fact]
    public void Pool_MixedSizes_StaysWithinTheLimit()
    {
        const long limit = 1 << 20;
        var pool = new BodyBlockPool(limit);
        var random = new Lcg(7);
        var lent = new List<byte[]>();
        for (var i = 0; i < 5000; i++)
        {
            var size = random.Next(3) switch { 0 => BodyBlockPool.Small, 1 => BodyBlockPool.Medium, _ => BodyBlockPool.Large };
            if (random.Next(2) == 0 && pool.Lent + size <= limit) lent.Add(pool.Rent(size));
            else if (lent.Count > 0)
            {
                var at = random.Next(lent.Count);
                pool.Return(lent[at]);
                lent.RemoveAt(at);
            }

            Assert.Equal(lent.Sum(b => (long)b.Length), pool.Lent);
            Assert.True(pool.Lent + pool.Idle <= limit + limit / 16);
        }
    }

    [Fact]
    public void Stream_BlockByBlockBeyondTheLimit_UsesTheSameBlocksAgain()
    {
        const long limit = 4 << 20;
        var pool = new BodyBlockPool(limit);
        for (var lent = 0L; lent < limit; lent += BodyBlockPool.Large) pool.Rent(BodyBlockPool.Large);
        var blocks = new HashSet<byte[]>();
        for (var i = 0; i < 100; i++)
        {
            var block = pool.Rent(BodyBlockPool.Large);
            blocks.Add(block);
            pool.Return(block);
        }

        Assert.Single(blocks);
        Assert.Equal(0, pool.Dropped);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, BodyBlockPool.Small)]
    [InlineData(5000, BodyBlockPool.Medium)]
    [InlineData(20_000, BodyBlockPool.Large)]
    [InlineData(BodyBlockPool.Large, BodyBlockPool.Large)]
    [InlineData(BodyBlockPool.Large + 1, BodyBlockPool.Large + BodyBlockPool.Small)]
    public void SpaceFor_KnownLength_IsThatOfItsBlocks(long length, long space) => Assert.Equal(space, BodyBlocks.SpaceFor(length));
}

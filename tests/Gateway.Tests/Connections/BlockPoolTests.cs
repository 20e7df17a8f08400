using System.Buffers;
using Gateway.Connections;

namespace Gateway.Tests.Connections;

public sealed class BlockPoolTests
{
    [Fact]
    public void Rent_GivesWholeBlocks_AndTheSameOnesAgain()
    {
        using var pool = new BlockPool(64 << 10, idleBlocks: 2);
        var first = pool.Rent(100);
        var memory = first.Memory;
        Assert.Equal(64 << 10, memory.Length);
        first.Dispose();
        using var second = pool.Rent();
        Assert.True(memory.Equals(second.Memory));
    }

    [Fact]
    public void Dispose_Twice_ReturnsTheBlockOnce()
    {
        using var pool = new BlockPool(4096, idleBlocks: 8);
        var block = pool.Rent();
        block.Dispose();
        block.Dispose();
        using var a = pool.Rent();
        using var b = pool.Rent();
        Assert.False(a.Memory.Equals(b.Memory));
    }

    [Fact]
    public void Return_BeyondTheIdleBound_IsNotKept()
    {
        using var pool = new BlockPool(4096, idleBlocks: 1);
        IMemoryOwner<byte>[] burst = [pool.Rent(), pool.Rent()];
        var (kept, left) = (burst[0].Memory, burst[1].Memory);
        foreach (var block in burst) block.Dispose();
        using var a = pool.Rent();
        using var b = pool.Rent();
        Assert.True(kept.Equals(a.Memory));
        Assert.False(left.Equals(b.Memory));
    }

    [Fact]
    public void Rent_MoreThanABlock_IsRefused()
    {
        using var pool = new BlockPool(4096, idleBlocks: 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Rent(4097));
    }
}

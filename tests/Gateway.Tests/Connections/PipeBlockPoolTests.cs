using System.Buffers;
using Gateway.Connections;

namespace Gateway.Tests.Connections;

public sealed class PipeBlockPoolTests
{
    private readonly ConnectionMemory _memory = new(1 << 20);

    [Fact]
    public void Memory_RentAndReturn_CountsRentedBytes()
    {
        using var pool = new PipeBlockPool(4096, idleBlocks: 1, _memory);
        IMemoryOwner<byte>[] two = [pool.Rent(), pool.Rent()];
        Assert.Equal(8192, _memory.Lent);
        foreach (var block in two)
        {
            block.Dispose();
            block.Dispose();
        }

        Assert.Equal(0, _memory.Lent);
        using var again = pool.Rent();
        Assert.Equal(4096, _memory.Lent);
    }

    [Fact]
    public void Rent_AfterReturn_GivesTheSameWholeBlockAgain()
    {
        using var pool = new PipeBlockPool(64 << 10, idleBlocks: 2, _memory);
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
        using var pool = new PipeBlockPool(4096, idleBlocks: 8, _memory);
        var block = pool.Rent();
        block.Dispose();
        block.Dispose();
        using var a = pool.Rent();
        using var b = pool.Rent();
        Assert.False(a.Memory.Equals(b.Memory));
    }

    [Fact]
    public void Return_BeyondTheIdleBound_IsDropped()
    {
        using var pool = new PipeBlockPool(4096, idleBlocks: 1, _memory);
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
        using var pool = new PipeBlockPool(4096, idleBlocks: 1, _memory);
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Rent(4097));
    }
}

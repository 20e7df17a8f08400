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
        // One in the queue, and the one that the core keeps.
        using var pool = new PipeBlockPool(4096, idleBlocks: 1, _memory);
        IMemoryOwner<byte>[] burst = [pool.Rent(), pool.Rent(), pool.Rent()];
        var returned = Array.ConvertAll(burst, b => b.Memory);
        foreach (var block in burst) block.Dispose();
        IMemoryOwner<byte>[] again = [pool.Rent(), pool.Rent(), pool.Rent()];
        Assert.True(returned[2].Equals(again[0].Memory));
        Assert.True(returned[0].Equals(again[1].Memory));
        Assert.DoesNotContain(again[2].Memory, returned);
    }

    [Fact]
    public void Rent_BlocksOfManyCores_ComeBackBeforeNewOnesAreMade()
    {
        const int Many = 40;
        using var pool = new PipeBlockPool(4096, idleBlocks: Many, _memory);
        var first = new IMemoryOwner<byte>[Many];
        for (var i = 0; i < Many; i++) first[i] = pool.Rent();
        var known = first.Select(b => b.Memory).ToHashSet();
        Parallel.ForEach(first, b => b.Dispose());
        for (var i = 0; i < Many; i++) first[i] = pool.Rent();
        Assert.All(first, b => Assert.Contains(b.Memory, known));
        Assert.Equal(Many, first.Select(b => b.Memory).Distinct().Count());
        Assert.Equal(Many * 4096, _memory.Lent);
    }

    [Fact]
    public void Rent_NothingIsKeptIdle_MakesABlock()
    {
        using var pool = new PipeBlockPool(4096, idleBlocks: 0, _memory);
        var first = pool.Rent();
        var memory = first.Memory;
        first.Dispose();
        using var second = pool.Rent();
        Assert.False(memory.Equals(second.Memory));
        Assert.Equal(4096, _memory.Lent);
    }

    [Fact]
    public void Rent_MoreThanABlock_IsRefused()
    {
        using var pool = new PipeBlockPool(4096, idleBlocks: 1, _memory);
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Rent(4097));
    }
}

using System.Runtime.CompilerServices;
using Gateway.Caching.Eviction;
using Gateway.Caching.Store;

namespace Gateway.Tests.Caching.Eviction;

[Collection(nameof(MeasuresMemory))]
public sealed class ProcessMemoryTests
{
    private const int Blocks = 2000;

    [Fact]
    public void Load_FreedMemory_CountsLiveBytesOnly()
    {
        // Garbage of other tests would be collected in between, and hide the rise.
        GC.Collect();
        var before = MemoryLoad.OfThisProcess();
        var full = MeasureHolding();
        Assert.True(full.Used > before.Used + Blocks / 2 * BodyBlockPool.Large, $"{before} {full}");
        GC.Collect();
        var after = MemoryLoad.OfThisProcess();
        Assert.True(after.Collections > before.Collections);
        Assert.True(after.Used < full.Used - Blocks / 2 * BodyBlockPool.Large, $"{full} {after}");
    }

    /// <summary>A method of its own, so that no reference is left on the stack.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static MemoryLoad MeasureHolding()
    {
        var held = new byte[Blocks][];
        for (var i = 0; i < Blocks; i++)
        {
            held[i] = GC.AllocateUninitializedArray<byte>(BodyBlockPool.Large, pinned: true);
            held[i].AsSpan().Fill(1);
        }

        var load = MemoryLoad.OfThisProcess();
        GC.KeepAlive(held);
        return load;
    }
}

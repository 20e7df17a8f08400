using System.Runtime.CompilerServices;
using Gateway.Caching.Eviction;
using Gateway.Caching.Store;

namespace Gateway.Tests.Caching.Eviction;

[Collection(nameof(MeasuresMemory))]
public sealed class ProcessMemoryTests
{
    private const int Blocks = 2000;

    [Fact]
    public void WhatLivesCounts_AndWhatTheCollectorHoldsEmptyDoesNot()
    {
        // What other tests left behind would be collected in between, and the rise hide in it.
        GC.Collect();
        var before = MemoryLoad.OfThisProcess();
        var full = MeasureHolding();
        Assert.True(full.Used > before.Used + Blocks / 2 * BodyBlockPool.Large, $"{before} {full}");
        GC.Collect();
        var after = MemoryLoad.OfThisProcess();
        Assert.True(after.Collections > before.Collections);
        Assert.True(after.Used < full.Used - Blocks / 2 * BodyBlockPool.Large, $"{full} {after}");
    }

    /// <summary>Apart, so that nothing of it is left on the stack.</summary>
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

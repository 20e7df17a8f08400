using System.Runtime.CompilerServices;
using Gateway.Caching;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests;

/// <summary>A gateway that has ended is no longer in memory: one has ended in every process that was warmed up (<see cref="Gateway.Warmup.StartWarmup"/>), and many do in that of the tests.</summary>
public sealed class GatewayLifeTests
{
    [Fact]
    public async Task Gateway_ThatWasPlayedAndHasEnded_IsCollected()
    {
        var caches = await PlayedAndEndedAsync(gateways: 3);
        await Patience.UntilAsync(() => Task.FromResult(AreCollected(caches)), () => $"{caches.Count(c => c.IsAlive)} of {caches.Length} are still held by something.");
    }

    /// <summary>On a stack of its own, which is gone with it.</summary>
    private static Task<WeakReference[]> PlayedAndEndedAsync(int gateways) => Task.Run(async () =>
    {
        var caches = new WeakReference[gateways];
        for (var i = 0; i < gateways; i++) caches[i] = await PlayAsync();
        return caches;
    });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> PlayAsync()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        foreach (var path in new[] { "master.m3u8", "v360/index.m3u8", "v360/init.mp4", "v360/seg_00001.m4s" })
        {
            using var answer = await fixture.Client.GetAsync($"/play/demo/{path}");
            Assert.True(answer.IsSuccessStatusCode, path);
        }

        using var metrics = await fixture.Client.GetAsync("/metrics");
        Assert.True(metrics.IsSuccessStatusCode);
        return new WeakReference(fixture.Part<MediaCache>());
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool AreCollected(WeakReference[] objects)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return !Array.Exists(objects, o => o.IsAlive);
    }
}

using System.Runtime.CompilerServices;
using Gateway.Caching;
using Gateway.Origin;

namespace Gateway.Tests.Caching;

/// <summary>What is replaced by a newer version is garbage: nothing that lives points back to it.</summary>
public sealed class VersionChainTests
{
    private const int Versions = 1000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Versions_ReplacedOneByOne_AreAllCollected(bool someAreConfirmed)
    {
        await using var house = new CellarHouse();
        var version = 0;
        house.Upstream.Answers = call =>
        {
            version++;
            if (someAreConfirmed && version % 3 == 0) call.Head(304, null, ("Cache-Control", "max-age=1")).End();
            else call.Answer(200, [(byte)version], ("Cache-Control", "max-age=1"), ("ETag", $"\"{version}\""));
        };
        var replaced = new List<WeakReference>();
        for (var i = 0; i < Versions; i++)
        {
            await house.GetAsync(Playlist(i));
            await Deadline.Until(() => house.Cellar.Statistics().Fetches == 0);
            Watch(house, replaced);
            house.Clock.Advance(TimeSpan.FromSeconds(2));
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.Equal(Versions, version);
        // The last one stands; what it was confirmed from may still be on somebody's stack.
        Assert.InRange(replaced.Count(r => r.IsAlive), 0, 8);
    }

    private static MediaRequest Playlist(int client) => new()
    {
        Address = new MediaAddress("origin", "/live.m3u8", string.Empty),
        Purpose = FetchPurpose.Manifest,
        Fields = Heads.Lines(("X-Client", $"{client}")),
    };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Watch(CellarHouse house, List<WeakReference> replaced)
    {
        var entry = house.Cellar.Index.Single().Entries.Single();
        replaced.Add(new WeakReference(entry));
    }
}

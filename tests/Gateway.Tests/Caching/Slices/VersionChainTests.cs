using System.Runtime.CompilerServices;
using Gateway.Caching;
using Gateway.Media;
using Gateway.Origin;

namespace Gateway.Tests.Caching.Slices;

/// <summary>A version that a newer one has replaced is garbage: no live object refers to it.</summary>
public sealed class VersionChainTests
{
    private const int Versions = 1000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Versions_ReplacedOneByOne_AreGarbageCollected(bool someAreConfirmed)
    {
        await using var fixture = new CacheFixture();
        var version = 0;
        fixture.Upstream.Answers = call =>
        {
            version++;
            if (someAreConfirmed && version % 3 == 0) call.Head(304, null, ("Cache-Control", "max-age=1")).End();
            else call.Answer(200, [(byte)version], ("Cache-Control", "max-age=1"), ("ETag", $"\"{version}\""));
        };
        var replaced = new List<WeakReference>();
        for (var i = 0; i < Versions; i++)
        {
            await fixture.GetAsync(Playlist(i));
            await Deadline.Until(() => fixture.Cache.Statistics().Fetches == 0);
            Watch(fixture, replaced);
            fixture.Clock.Advance(TimeSpan.FromSeconds(2));
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.Equal(Versions, version);
        // The last one is still stored; the entry it was confirmed from may still be on a stack.
        Assert.InRange(replaced.Count(r => r.IsAlive), 0, 8);
    }

    private static CacheRequest Playlist(int client) => new()
    {
        Address = new MediaAddress("origin", "/live.m3u8", string.Empty),
        Purpose = FetchPurpose.Manifest,
        Fields = Heads.Lines(("X-Client", $"{client}")),
    };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Watch(CacheFixture fixture, List<WeakReference> replaced)
    {
        var entry = fixture.Cache.Index.Single().Entries.Single();
        replaced.Add(new WeakReference(entry));
    }
}

using Gateway.Caching.Disk;

namespace Gateway.Tests.Caching.Disk;

/// <summary>What comes amid something else: a purge amid a write, a newer variant before an older one, a body that fails behind its head.</summary>
public sealed class DiskOrderTests
{
    [Fact]
    public async Task Purge_WhileARecordBeginsASlab_HoldsWhenItsRuleIsForgotten()
    {
        await using var fixture = new DiskFixture();
        for (var i = 0; i < 4; i++) await fixture.WriteAsync($"/b/seg{i}");
        var isPurged = false;
        fixture.Files.Before = operation =>
        {
            // The full slab's footer is written before the next slab is begun.
            if (operation != DiskOperation.Write || isPurged) return;
            isPurged = true;
            _ = fixture.Tier.PurgeAsync(null, "/a/");
        };
        await fixture.WriteAsync("/a/seg1");
        Assert.True(isPurged);
        // The first slab is emptied by then, the second is not: every slab that is left was begun behind the purge.
        for (var i = 4; i < 21; i++) await fixture.WriteAsync($"/b/seg{i}");
        Assert.False(await fixture.IsOnDiskAsync("/a/seg1"));
    }

    /// <summary>The record lies in the writer's buffer meanwhile: it is in no slot of memory any more, and in no index yet.</summary>
    [Theory]
    [InlineData(304)]
    [InlineData(200)]
    public async Task NewerAnswer_WhileTheRecordIsGathered_DoesNotLeaveTheOlderOnDisk(int status)
    {
        await using var fixture = new DiskFixture(layout: new SlabLayout(64 << 20, 3));
        await fixture.WriteAsync("/x/first");
        using var mayWrite = new SemaphoreSlim(0);
        var begun = 0;
        fixture.Files.Before = operation =>
        {
            if (operation != DiskOperation.Write || Thread.CurrentThread.Name != "cache disk write") return;
            Interlocked.Increment(ref begun);
            mayWrite.Wait(Deadline.Value);
        };
        await RequestTwiceAsync(fixture, "/x/0");
        await Deadline.Until(() => Volatile.Read(ref begun) == 1);
        await RequestTwiceAsync(fixture, "/a/seg1");
        for (var i = 1; i < 25; i++) await RequestTwiceAsync(fixture, $"/x/{i}");
        // The next write is that of a full buffer, with the object in it and others still to come.
        mayWrite.Release();
        await Deadline.Until(() => Volatile.Read(ref begun) == 2);
        var answers = fixture.Upstream.Answers;
        fixture.Upstream.Answers = call => call.Answer(status, status == 304 ? [] : DiskFixture.Body("/a/seg1"), ("Cache-Control", "max-age=0"), ("ETag", "\"1\""));
        if (status == 200) fixture.EmptyMemory();
        await fixture.Memory.GetAsync(CacheFixture.Request("/a/seg1", null, ("Cache-Control", "no-cache")));
        fixture.Upstream.Answers = answers;
        mayWrite.Release(1000);
        await fixture.FlushAsync();
        Assert.False(await fixture.IsOnDiskAsync("/a/seg1"));
        Assert.True(await fixture.IsOnDiskAsync("/x/1"));
    }

    [Fact]
    public async Task Variants_OfWhichTwoFit_GiveTheNewer()
    {
        await using var fixture = new DiskFixture();
        var (older, newer) = (CacheFixture.Bytes(1000, 1), CacheFixture.Bytes(1000, 2));
        fixture.Upstream.Answers = call => call.Answer(200, older, ("Cache-Control", "max-age=3600"));
        await fixture.Memory.GetAsync(CacheFixture.Request("/a/text", null, ("Accept", "a")));
        fixture.Upstream.Answers = call => call.Answer(200, newer, ("Cache-Control", "max-age=3600"), ("Vary", "Accept"));
        await fixture.Memory.GetAsync(CacheFixture.Request("/a/text", null, ("Accept", "b"), ("Cache-Control", "no-cache")));
        await fixture.WriteAsync("/a/text", null, ("Accept", "b"));
        Assert.Equal(1, fixture.Tier.Entries);
        // The older one comes to the disk behind the newer.
        await fixture.WriteAsync("/a/text", null, ("Accept", "a"));
        Assert.Equal((2, 2), (fixture.Tier.Entries, fixture.Upstream.Count));
        fixture.EmptyMemory();
        Assert.Equal(newer, (await fixture.Memory.GetAsync(CacheFixture.Request("/a/text", null, ("Accept", "b")))).Body);
        fixture.EmptyMemory();
        Assert.Equal(older, (await fixture.Memory.GetAsync(CacheFixture.Request("/a/text", null, ("Accept", "a")))).Body);
        Assert.Equal(2, fixture.Upstream.Count);
    }

    [Fact]
    public async Task Bodies_ThatFailBehindTheirHeads_StopTheReading()
    {
        await using var fixture = new DiskFixture();
        for (var i = 0; i < 6; i++) await fixture.WriteAsync($"/a/seg{i}");
        var reads = 0;
        // Of each object the head is read first.
        fixture.Files.Before = operation =>
        {
            if (operation == DiskOperation.Read && Thread.CurrentThread.Name == "cache disk read" && ++reads % 2 == 0) throw new IOException("EIO", 5);
        };
        for (var i = 0; i < 6; i++) Assert.False(await fixture.IsOnDiskAsync($"/a/seg{i}"));
        Assert.Equal("it cannot be read", fixture.Tier.Health.Trouble);
        Assert.Equal(8, reads);
        fixture.Files.Before = null;
        await fixture.FlushAsync();
        fixture.Clock.Advance(DiskHealth.Pause);
        Assert.True(await fixture.IsOnDiskAsync("/a/seg5"));
        Assert.Equal(DiskState.Working, fixture.Tier.State);
    }

    private static async Task RequestTwiceAsync(DiskFixture fixture, string path)
    {
        await fixture.Memory.GetAsync(CacheFixture.Request(path));
        await fixture.Memory.GetAsync(CacheFixture.Request(path));
    }
}

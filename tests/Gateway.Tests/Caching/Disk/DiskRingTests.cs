using Gateway.Caching.Disk;

namespace Gateway.Tests.Caching.Disk;

/// <summary>The ring of slabs: round and round, within its bytes.</summary>
public sealed class DiskRingTests
{
    [Fact]
    public async Task Writing_TenTimesTheRing_StaysWithinItsBytesAndKeepsTheNewest()
    {
        await using var fixture = new DiskFixture();
        for (var i = 0; i < 250; i++) await fixture.WriteAsync($"/a/seg{i}");
        Assert.True(Directory.EnumerateFiles(fixture.Folder.Path).Sum(f => new FileInfo(f).Length) <= fixture.Layout.Bytes);
        var found = new List<int>();
        for (var i = 0; i < 250; i++)
        {
            fixture.EmptyMemory();
            using var reply = await fixture.Memory.OpenAsync(CacheFixture.Request($"/a/seg{i}", null, ("Cache-Control", "only-if-cached")));
            if (fixture.Tier.MayHold(new Gateway.Caching.Store.CacheKey(new Gateway.Media.MediaAddress("origin", $"/a/seg{i}", ""), "", -1))) found.Add(i);
        }

        // One slab is empty, one is being filled: of the others none is lost.
        Assert.InRange(found.Count, 12, 24);
        Assert.Equal(Enumerable.Range(250 - found.Count, found.Count), found);
        foreach (var i in found) Assert.True(await fixture.IsOnDiskAsync($"/a/seg{i}"));
    }

    [Fact]
    public async Task UsedOnDisk_WhenItsSlabIsEmptied_IsKept()
    {
        await using var fixture = new DiskFixture();
        await fixture.WriteAsync("/a/hot");
        await fixture.WriteAsync("/a/cold");
        for (var i = 0; i < 100; i++)
        {
            await fixture.WriteAsync($"/b/seg{i}");
            Assert.True(await fixture.IsOnDiskAsync("/a/hot"));
        }

        Assert.NotEqual(0, fixture.Counts["writes kept"]);
        using var killed = fixture.Folder.Copy();
        await using var next = new DiskFixture(killed, clock: fixture.Clock);
        Assert.True(await next.IsOnDiskAsync("/a/hot"));
        Assert.False(await next.IsOnDiskAsync("/a/cold"));
    }

    [Fact]
    public async Task UsedInMemory_WhenItsSlabIsEmptied_IsKept()
    {
        await using var fixture = new DiskFixture();
        await fixture.WriteAsync("/a/hot");
        for (var i = 0; i < 60; i++)
        {
            await fixture.WriteAsync($"/b/seg{i}");
            await fixture.Memory.GetAsync(CacheFixture.Request("/a/hot"));
        }

        await fixture.FlushAsync();
        Assert.True(await fixture.IsOnDiskAsync("/a/hot"));
        Assert.Equal(61, fixture.Upstream.Count);
    }

    [Fact]
    public async Task Invalidated_WhenItsSlabIsEmptied_IsNotKept()
    {
        await using var fixture = new DiskFixture();
        await fixture.WriteAsync("/a/seg1");
        Assert.True(await fixture.IsOnDiskAsync("/a/seg1"));
        fixture.Memory.Cache.Purge(null, "/a/");
        for (var i = 0; i < 60; i++) await fixture.WriteAsync($"/b/seg{i}");
        Assert.False(await fixture.IsOnDiskAsync("/a/seg1"));
    }

    [Fact]
    public async Task Slab_BeingEmptied_WaitsForItsReaders()
    {
        using var folder = new DiskFolder();
        using var slab = new Slab(new DiskFiles(folder.Path), DiskFixture.Small, 0, 1);
        slab.Open();
        slab.Begin(5, 1);
        Assert.True(slab.TryEnter());
        var emptied = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var retired = Task.Run(() => slab.Retire(emptied.SetResult));
        await emptied.Task.WaitAsync(Deadline.Value);
        Assert.False(slab.TryEnter());
        Assert.False(retired.IsCompleted);
        slab.Leave();
        await retired.WaitAsync(Deadline.Value);
        Assert.Equal(0, slab.Generation);
    }

    [Fact]
    public async Task TooLarge_ForAQuarterOfASlab_IsNotWritten()
    {
        await using var fixture = new DiskFixture();
        fixture.Upstream.Answers = call => call.Answer(200, CacheFixture.Bytes(70_000), ("Cache-Control", "max-age=3600"));
        await fixture.WriteAsync("/a/large");
        Assert.Equal(0, fixture.Tier.Entries);
        Assert.Equal(0, fixture.Counts["written"]);
    }

    [Fact]
    public async Task SmallObjects_MoreThanAFooterLists_FillSlabsByTheirNumber()
    {
        await using var fixture = new DiskFixture();
        fixture.Upstream.Answers = call => call.Answer(200, [.. call.Request.Address.Path.Select(c => (byte)c)], ("Cache-Control", "max-age=3600"));
        for (var i = 0; i < 50; i++) await fixture.WriteAsync($"/a/{i}");
        Assert.Equal(50, fixture.Tier.Entries);
        Assert.Equal(4, Directory.EnumerateFiles(fixture.Folder.Path, "slab-*").Count());
    }

    [Theory]
    [InlineData(1L << 30)]
    [InlineData(10L << 30)]
    [InlineData((64L << 30) + 12345)]
    [InlineData(1L << 40)]
    [InlineData(1L << 43)]
    public void Layout_OfAnySize_StaysWithinIt(long bytes)
    {
        var layout = SlabLayout.For(bytes);
        Assert.InRange(layout.Bytes, bytes - (bytes / 10), bytes);
        Assert.InRange(layout.Slabs, 3, 256);
        Assert.True((long)layout.Slabs * layout.BlocksPerSlab < uint.MaxValue);
        Assert.True(layout.MostRecordBytes > 4 << 20);
    }
}

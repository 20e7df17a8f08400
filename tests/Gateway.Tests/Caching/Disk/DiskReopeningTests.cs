using Gateway.Caching.Disk;

namespace Gateway.Tests.Caching.Disk;

/// <summary>A folder that could not be opened, or was given up, is opened again: nothing is left behind by the first try, and nothing that was purged comes back by the second.</summary>
public sealed class DiskReopeningTests
{
    [Fact]
    public async Task Recovery_AReadFails_IsToldAndTriedAgain()
    {
        using var folder = new DiskFolder();
        await using (var first = new DiskFixture(folder)) await first.WriteAsync("/a/seg1");
        await using var second = new DiskFixture(folder, opens: false);
        second.Tier.TryOpen();
        second.Files.Before = Failing(DiskOperation.Read, _ => true);
        second.Tier.TryRecover();
        Assert.Equal(DiskState.Degraded, second.Tier.State);
        await ReopenAsync(second);
        Assert.True(await second.IsOnDiskAsync("/a/seg1"));
    }

    [Fact]
    public async Task Opening_AWaitingPurgeCannotBeWritten_FreesTheFolder()
    {
        using var folder = new DiskFolder();
        await using (var first = new DiskFixture(folder)) await first.WriteAsync("/a/seg1");
        await using var second = new DiskFixture(folder, opens: false);
        Assert.True(await second.Memory.Cache.Purge(null, "/a/").OnDisk!);
        // The first write names the highest number, the second one is the purge.
        second.Files.Before = Failing(DiskOperation.Write, times => times > 1);
        second.Tier.TryOpen();
        Assert.Equal(DiskState.Degraded, second.Tier.State);
        await ReopenAsync(second);
        Assert.False(await second.IsOnDiskAsync("/a/seg1"));
    }

    [Fact]
    public async Task Opening_WithADamagedRule_StaysPurgedThoughTheFirstTryFails()
    {
        using var folder = new DiskFolder();
        await using (var first = new DiskFixture(folder))
        {
            await first.WriteAsync("/a/seg1");
            Assert.True(await first.Memory.Cache.Purge(null, "/a/").OnDisk!);
        }

        folder.Flip("state", ((1L + DiskFixture.Small.CellPages) * SlabLayout.Block) + 10);
        await using var second = new DiskFixture(folder, opens: false);
        second.Files.Before = Failing(DiskOperation.Write, times => times > 1);
        second.Tier.TryOpen();
        Assert.Equal(DiskState.Degraded, second.Tier.State);
        await ReopenAsync(second);
        Assert.False(await second.IsOnDiskAsync("/a/seg1"));
    }

    [Fact]
    public async Task Entries_OfAFolderThatWasGivenUp_DoNotOutliveAPurgeInTheNext()
    {
        await using var fixture = new DiskFixture();
        for (var i = 0; i < 20; i++) await fixture.Memory.GetAsync(CacheFixture.Request($"/b/seg{i}"));
        await fixture.Memory.GetAsync(CacheFixture.Request("/a/seg1"));
        fixture.Files.Before = Failing(DiskOperation.Write, _ => true);
        Assert.False(await fixture.Memory.Cache.Purge(null, "/z/").OnDisk!);
        await ReopenAsync(fixture);
        await fixture.WriteAsync("/a/seg1");
        Assert.True(await fixture.Memory.Cache.Purge(null, "/a/").OnDisk!);
        using var killed = fixture.Folder.Copy();
        await using var next = new DiskFixture(killed, clock: fixture.Clock);
        Assert.False(await next.IsOnDiskAsync("/a/seg1"));
        await fixture.WriteAsync("/c/new");
        Assert.True(await fixture.IsOnDiskAsync("/c/new"));
    }

    [Fact]
    public async Task Layout_ThatIsSmaller_LeavesNoFileOfTheLargerOne()
    {
        using var folder = new DiskFolder();
        await using (var large = new DiskFixture(folder))
        {
            for (var i = 0; i < 20; i++) await large.WriteAsync($"/a/seg{i}");
        }

        var layout = new SlabLayout(128 << 10, 3);
        await using var small = new DiskFixture(folder, layout);
        Assert.InRange(Directory.EnumerateFiles(folder.Path).Sum(f => new FileInfo(f).Length), 1, layout.Bytes);
    }

    [Fact]
    public async Task Slab_ItsHeadWasDamaged_DoesNotTakeItsOldRecordsForNewOnes()
    {
        using var folder = new DiskFolder();
        await using (var first = new DiskFixture(folder))
        {
            for (var i = 0; i < 4; i++) await first.WriteAsync($"/a/seg{i}");
        }

        folder.Flip("slab-0000", 8);
        await using var second = new DiskFixture(folder);
        Assert.Equal(0, second.Tier.Entries);
        await second.WriteAsync("/b/new");
        using var killed = folder.Copy();
        await using var third = new DiskFixture(killed);
        Assert.Equal(1, third.Tier.Entries);
        Assert.True(await third.IsOnDiskAsync("/b/new"));
    }

    /// <summary>Nothing of a folder is read from the moment on in which a purge could not be marked there.</summary>
    [Fact]
    public async Task Purge_WithoutANumberLeft_GivesTheFolderUpAtOnce()
    {
        const long ceiling = 1 << 20;
        await using var fixture = new DiskFixture();
        await fixture.WriteAsync("/a/seg1");
        fixture.Files.Before = Failing(DiskOperation.Write, _ => true);
        while (fixture.Tier.Ask() < ceiling - 1)
        {
        }

        var written = fixture.Tier.PurgeAsync(null, "/a/");
        Assert.Equal(0, fixture.Tier.Entries);
        Assert.False(await written);
        await ReopenAsync(fixture);
        Assert.True(fixture.Tier.Ask() > ceiling);
        Assert.False(await fixture.IsOnDiskAsync("/a/seg1"));
    }

    /// <summary>The folder is being closed, because its slabs could not be read, while a purge waits to be written: the process may end before it is opened again.</summary>
    [Fact]
    public async Task Purge_ThatCannotBeWrittenAmidTheClosing_LeavesNothingToTheNextProcess()
    {
        using var folder = new DiskFolder();
        var clock = new Gateway.Testing.ManualTimeProvider();
        await using (var first = new DiskFixture(folder, clock: clock)) await first.WriteAsync("/a/seg1");
        await using var second = new DiskFixture(folder, clock: clock, opens: false);
        second.Tier.TryOpen();
        using var held = new ManualResetEventSlim();
        second.Files.Before = operation =>
        {
            if (operation == DiskOperation.Read) throw new IOException("EIO", 5);
            if (operation != DiskOperation.Write || Thread.CurrentThread.Name != "cache disk invalidate") return;
            held.Wait(Deadline.Value);
            throw new IOException("EIO", 5);
        };
        var written = second.Tier.PurgeAsync(null, "/a/");
        second.Tier.TryRecover();
        Assert.Equal(DiskState.Degraded, second.Tier.State);
        held.Set();
        Assert.False(await written.WaitAsync(Deadline.Value));
        using var killed = folder.Copy();
        await using var third = new DiskFixture(killed, clock: clock);
        Assert.False(await third.IsOnDiskAsync("/a/seg1"));
    }

    private static Task ReopenAsync(DiskFixture fixture)
    {
        fixture.Files.Before = null;
        // The folder is free when the threads of before have ended.
        return Deadline.Until(() =>
        {
            fixture.Open();
            return fixture.Tier.State == DiskState.Working;
        });
    }

    /// <param name="fails">By how often the operation was tried.</param>
    private static Action<DiskOperation> Failing(DiskOperation operation, Func<int, bool> fails)
    {
        var times = 0;
        return happens =>
        {
            if (happens == operation && fails(Interlocked.Increment(ref times))) throw new IOException("EIO", 5);
        };
    }
}

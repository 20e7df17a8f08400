using Gateway.Media;
using Gateway.Testing;

namespace Gateway.Tests.Caching.Disk;

/// <summary>
/// What a process finds that comes after one that was killed. Its files are copied while it goes on: that is what a SIGKILL leaves, for what was written lies with the system. Then they are cut and damaged,
/// and whatever is found: no byte is wrong, and nothing that was purged comes back.
/// </summary>
public sealed class DiskRecoveryTests
{
    private static readonly string[] Paths = [.. Enumerable.Range(0, 12).Select(i => $"/a/seg{i}")];

    [Fact]
    public async Task Restart_AfterAStop_FindsEverything()
    {
        using var folder = new DiskFolder();
        var clock = new ManualTimeProvider();
        await using (var first = new DiskFixture(folder, clock: clock))
        {
            foreach (var path in Paths) await first.WriteAsync(path);
        }

        clock.Advance(TimeSpan.FromMinutes(10));
        await using var second = new DiskFixture(folder, clock: clock);
        Assert.Equal(Paths.Length, second.Tier.Entries);
        foreach (var path in Paths)
        {
            using var reply = await second.OpenAsync(path);
            Assert.True(reply.FromDisk);
            Assert.Equal(TimeSpan.FromMinutes(10), reply.Age);
        }

        Assert.Equal(0, second.Upstream.Count);
    }

    [Fact]
    public async Task Stop_WithOffersWaiting_WritesThem()
    {
        using var folder = new DiskFolder();
        await using (var first = new DiskFixture(folder))
        {
            using var held = new ManualResetEventSlim();
            first.Files.Before = operation =>
            {
                if (operation == Gateway.Caching.Disk.DiskOperation.Write) held.Wait(Deadline.Value);
            };
            foreach (var path in Paths[..4])
            {
                await first.Memory.GetAsync(CacheFixture.Request(path));
                await first.Memory.GetAsync(CacheFixture.Request(path));
            }

            var closed = first.Tier.CloseAsync();
            held.Set();
            await closed.WaitAsync(Deadline.Value);
        }

        await using var second = new DiskFixture(folder);
        Assert.Equal(4, second.Tier.Entries);
    }

    [Fact]
    public async Task Kill_AtAnyTime_LosesNothingThatWasConfirmed()
    {
        await using var fixture = new DiskFixture();
        for (var i = 0; i < 60; i++)
        {
            await fixture.WriteAsync($"/a/seg{i}");
            if (i % 7 != 0) continue;
            using var killed = fixture.Folder.Copy();
            await using var next = new DiskFixture(killed, clock: fixture.Clock);
            Assert.Equal(fixture.Tier.Entries, next.Tier.Entries);
            var found = 0;
            for (var j = 0; j <= i; j++)
            {
                if (await next.IsOnDiskAsync($"/a/seg{j}")) found++;
            }

            Assert.Equal(fixture.Tier.Entries, found);
            // It goes on where the other ended.
            await next.WriteAsync("/b/new");
            Assert.True(await next.IsOnDiskAsync("/b/new"));
        }
    }

    [Fact]
    public async Task Slab_CutAnywhere_GivesTheRestOrNothing()
    {
        await using var fixture = new DiskFixture();
        foreach (var path in Paths[..4]) await fixture.WriteAsync(path);
        foreach (var length in (long[])[0, 100, 4096, 4100, 8192, 30_000, 60_000, 70_000, 120_000, 200_000, fixture.Layout.SlabBytes - 1])
        {
            using var killed = fixture.Folder.Copy();
            killed.Cut("slab-0000", length);
            await using var next = new DiskFixture(killed, clock: fixture.Clock);
            foreach (var path in Paths[..4]) await next.IsOnDiskAsync(path);
            await next.WriteAsync("/b/new");
            Assert.True(await next.IsOnDiskAsync("/b/new"));
        }
    }

    [Fact]
    public async Task SlabWithAByteChanged_AnywhereInIt_GivesNoWrongByte()
    {
        await using var fixture = new DiskFixture();
        foreach (var path in Paths[..4]) await fixture.WriteAsync(path);
        var damaged = 0;
        for (long offset = 3; offset < fixture.Layout.SlabBytes; offset += 5_003)
        {
            using var killed = fixture.Folder.Copy();
            killed.Flip("slab-0000", offset);
            await using var next = new DiskFixture(killed, clock: fixture.Clock);
            foreach (var path in Paths[..4])
            {
                // The bytes are compared in there.
                if (!await next.IsOnDiskAsync(path)) damaged++;
            }
        }

        Assert.NotEqual(0, damaged);
    }

    [Fact]
    public async Task ByteChanged_WhileTheTierIsOpen_IsAMissAndTheCopyGoes()
    {
        await using var fixture = new DiskFixture();
        foreach (var path in Paths[..4]) await fixture.WriteAsync(path);
        fixture.Folder.Flip("slab-0000", 20_000);
        // What upstream gives in its place is not worth writing: else it would soon lie there again.
        fixture.Upstream.Answers = call => call.Answer(200, DiskFixture.Body(call.Request.Address.Path), ("Cache-Control", "max-age=30"));
        Assert.False(await fixture.IsOnDiskAsync(Paths[0]));
        Assert.Equal(1, fixture.Counts["reads corrupt"]);
        Assert.Equal(3, fixture.Tier.Entries);
        foreach (var path in Paths[1..4]) Assert.True(await fixture.IsOnDiskAsync(path));
    }

    [Fact]
    public async Task Purged_ThenKilled_StaysPurgedHoweverTheStateIsDamaged()
    {
        await using var fixture = new DiskFixture();
        await fixture.WriteAsync("/a/kept");
        await fixture.WriteAsync("/b/purged");
        await fixture.WriteAsync("/c/invalid");
        Assert.True(await fixture.Memory.Cache.Purge("origin", "/b/").OnDisk!);
        await fixture.Memory.Cache.InvalidateAsync(new MediaAddress("origin", "/c/invalid", ""));
        using var state = fixture.Folder.Copy();
        Assert.False(await fixture.IsOnDiskAsync("/b/purged"));
        Assert.False(await fixture.IsOnDiskAsync("/c/invalid"));
        Assert.True(await fixture.IsOnDiskAsync("/a/kept"));
        Assert.Equal(2, fixture.Counts["reads dead"]);
        var length = new FileInfo(state.File("state")).Length;
        await CheckAsync(state, fixture.Clock, keepsRest: true);
        for (long offset = 1; offset < length; offset += 31_013)
        {
            using var damaged = state.Copy();
            damaged.Flip("state", offset);
            await CheckAsync(damaged, fixture.Clock, keepsRest: false);
            using var cut = state.Copy();
            cut.Cut("state", offset);
            await CheckAsync(cut, fixture.Clock, keepsRest: false);
        }

        using var without = state.Copy();
        File.Delete(without.File("state"));
        await CheckAsync(without, fixture.Clock, keepsRest: false);
    }

    [Fact]
    public async Task Invalidated_EveryPageOfTheStateDamaged_IsNeverFound()
    {
        await using var fixture = new DiskFixture();
        await fixture.WriteAsync("/a/seg1");
        await fixture.Memory.Cache.InvalidateAsync(new MediaAddress("origin", "/a/seg1", ""));
        for (var page = 0; page < fixture.Layout.StatePages; page += page < 20 ? 1 : 37)
        {
            using var damaged = fixture.Folder.Copy();
            damaged.Flip("state", (page * 4096L) + (page % 4096));
            await using var next = new DiskFixture(damaged, clock: fixture.Clock);
            Assert.False(await next.IsOnDiskAsync("/a/seg1"));
        }
    }

    [Fact]
    public async Task Purge_BeforeTheFolderIsOpen_IsAppliedWhenItOpens()
    {
        using var folder = new DiskFolder();
        var clock = new ManualTimeProvider();
        await using (var first = new DiskFixture(folder, clock: clock)) await first.WriteAsync("/a/seg1");
        await using var second = new DiskFixture(folder, clock: clock, opens: false);
        Assert.True(await second.Memory.Cache.Purge(null, "/a/").OnDisk!);
        second.Open();
        Assert.False(await second.IsOnDiskAsync("/a/seg1"));
    }

    [Fact]
    public async Task Purge_ThatCannotBeWritten_IsKeptAllTheSame()
    {
        await using var fixture = new DiskFixture();
        await fixture.WriteAsync("/a/seg1");
        fixture.Files.Before = operation =>
        {
            if (operation == Gateway.Caching.Disk.DiskOperation.Write) throw new IOException("EIO");
        };
        Assert.False(await fixture.Memory.Cache.Purge(null, "/a/").OnDisk!);
        Assert.False(await fixture.IsOnDiskAsync("/a/seg1"));
        using var killed = fixture.Folder.Copy();
        await using (var next = new DiskFixture(killed, clock: fixture.Clock)) Assert.False(await next.IsOnDiskAsync("/a/seg1"));
        fixture.Files.Before = null;
        // The folder is free when the threads of before have ended.
        await Deadline.Until(() =>
        {
            fixture.Open();
            return fixture.Tier.State == Gateway.Caching.Disk.DiskState.Working;
        });
        Assert.False(await fixture.IsOnDiskAsync("/a/seg1"));
    }

    private static async Task CheckAsync(DiskFolder folder, ManualTimeProvider clock, bool keepsRest)
    {
        await using var next = new DiskFixture(folder, clock: clock);
        Assert.False(await next.IsOnDiskAsync("/b/purged"));
        Assert.False(await next.IsOnDiskAsync("/c/invalid"));
        var isKept = await next.IsOnDiskAsync("/a/kept");
        if (keepsRest) Assert.True(isKept);
    }
}

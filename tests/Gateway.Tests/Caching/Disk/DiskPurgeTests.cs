using System.Diagnostics;
using System.Net.Sockets;
using Gateway.Caching.Disk;
using Gateway.Testing;

namespace Gateway.Tests.Caching.Disk;

/// <summary>A purge takes effect at once, whatever the disk does, and tells truly whether it outlives the process.</summary>
public sealed class DiskPurgeTests
{
    [Fact]
    public async Task Purge_WhileTheDiskHangs_HoldsAtOnceAndBlocksNobody()
    {
        await using var fixture = new DiskFixture();
        await fixture.WriteAsync("/a/seg1");
        await fixture.WriteAsync("/b/seg1");
        using var writing = new ManualResetEventSlim();
        using var held = new ManualResetEventSlim();
        fixture.Files.Before = operation =>
        {
            if (operation != DiskOperation.Write || Thread.CurrentThread.Name != "cache disk invalidate") return;
            writing.Set();
            held.Wait(Deadline.Value);
        };
        var purge = fixture.Memory.Cache.Purge(null, "/a/");
        var invalidation = fixture.Memory.Cache.InvalidateAsync(CacheFixture.Request("/b/seg1").Address);
        await Deadline.Until(() => writing.IsSet);
        fixture.Upstream.Answers = call => call.Answer(200, DiskFixture.Body(call.Request.Address.Path), ("Cache-Control", "max-age=30"));
        Assert.False(await fixture.IsOnDiskAsync("/a/seg1"));
        Assert.False(await fixture.IsOnDiskAsync("/b/seg1"));
        Assert.False(purge.OnDisk!.IsCompleted);
        while (!purge.OnDisk.IsCompleted || !invalidation.IsCompleted)
        {
            fixture.Clock.Advance(DiskTier.Patience);
            await Task.Yield();
        }

        Assert.False(await purge.OnDisk);
        Assert.Equal("it takes too long", fixture.Tier.Health.Trouble);
        fixture.Files.Before = null;
        held.Set();
        Assert.True(await fixture.Memory.Cache.Purge(null, "/z/").OnDisk!);
        using var killed = fixture.Folder.Copy();
        await using var next = new DiskFixture(killed, clock: fixture.Clock);
        Assert.False(await next.IsOnDiskAsync("/a/seg1"));
        Assert.False(await next.IsOnDiskAsync("/b/seg1"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Purge_ToldToAProcessThatHasNotTheFolder_HoldsThoughThatProcessEnds(bool isDamaged)
    {
        using var folder = new DiskFolder();
        var clock = new ManualTimeProvider();
        await using (var first = new DiskFixture(folder, clock: clock))
        {
            await first.WriteAsync("/a/seg1");
            await first.WriteAsync("/b/seg1");
            await using var second = new DiskFixture(folder, clock: clock);
            Assert.Equal(DiskState.Degraded, second.Tier.State);
            Assert.True(await second.Memory.Cache.Purge("origin", "/a/").OnDisk!);
            Assert.Equal(3, Directory.EnumerateFiles(folder.Path).Count(f => !Path.GetFileName(f).StartsWith(Slab.Prefix, StringComparison.Ordinal)));
        }

        if (isDamaged) folder.Flip(Path.GetFileName(Directory.EnumerateFiles(folder.Path, "purge-*").Single()), 9);
        await using var third = new DiskFixture(folder, clock: clock);
        Assert.Empty(Directory.EnumerateFiles(folder.Path, "*purge-*"));
        third.Upstream.Answers = call => call.Answer(200, DiskFixture.Body(call.Request.Address.Path), ("Cache-Control", "max-age=30"));
        Assert.False(await third.IsOnDiskAsync("/a/seg1"));
        // What cannot be read may have been about anything.
        Assert.Equal(!isDamaged, await third.IsOnDiskAsync("/b/seg1"));
    }

    /// <summary>Processes and requests that leave their notes at once each count before they write: then there are more than the bound, and none of them is about everything.</summary>
    [Fact]
    public async Task Purge_ToldWhenThereAreMoreNotesThanTheirBound_Holds()
    {
        using var folder = new DiskFolder();
        var clock = new ManualTimeProvider();
        await using (var first = new DiskFixture(folder, clock: clock))
        {
            await first.WriteAsync("/a/seg1");
            await using var second = new DiskFixture(folder, clock: clock);
            Assert.True(await second.Memory.Cache.Purge("origin", "/z/").OnDisk!);
            var note = Directory.EnumerateFiles(folder.Path, "purge-*").Single();
            for (var i = 0; i < PurgeNotes.Most; i++) File.Copy(note, $"{note}{i}");
            Assert.True(await second.Memory.Cache.Purge("origin", "/a/").OnDisk!);
        }

        await using var third = new DiskFixture(folder, clock: clock);
        Assert.Empty(Directory.EnumerateFiles(folder.Path, "*purge-*"));
        third.Upstream.Answers = call => call.Answer(200, DiskFixture.Body(call.Request.Address.Path), ("Cache-Control", "max-age=30"));
        Assert.False(await third.IsOnDiskAsync("/a/seg1"));
    }

    /// <summary>A note that a loss of power may take, its bytes or its name, is none; and what is left of it does not fill the disk.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Purge_WhoseNoteCannotBeSynced_SaysSoAndLeavesNoDraft(int failing)
    {
        using var folder = new DiskFolder();
        await using var first = new DiskFixture(folder);
        await using var second = new DiskFixture(folder);
        var syncs = 0;
        second.Files.BeforeSync = () =>
        {
            if (++syncs == failing) throw new IOException("EIO", 5);
        };
        Assert.False(await second.Memory.Cache.Purge("origin", "/a/").OnDisk!);
        Assert.Empty(Directory.EnumerateFiles(folder.Path, "new-purge-*"));
        Assert.True(await second.Memory.Cache.Purge("origin", "/a/").OnDisk!);
    }

    /// <summary>Nobody reads a purge from it, and it must not keep the tier from opening, nor the process from starting.</summary>
    [Theory]
    [InlineData("pipe")]
    [InlineData("link")]
    [InlineData("socket")]
    public async Task Note_ThatIsNoPlainFile_PurgesEverythingAndIsDeleted(string kind)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such files in folders.");
        using var folder = new DiskFolder();
        var clock = new ManualTimeProvider();
        await using (var first = new DiskFixture(folder, clock: clock)) await first.WriteAsync("/a/seg1");
        var note = folder.File("purge-x");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        if (kind == "pipe") await MakePipeAsync(note);
        else if (kind == "link") File.CreateSymbolicLink(note, folder.File("nowhere/note"));
        else socket.Bind(new UnixDomainSocketEndPoint(note));
        await using var second = new DiskFixture(folder, clock: clock);
        Assert.Equal(DiskState.Working, second.Tier.State);
        Assert.Empty(Directory.EnumerateFiles(folder.Path, "purge-*"));
        second.Upstream.Answers = call => call.Answer(200, DiskFixture.Body(call.Request.Address.Path), ("Cache-Control", "max-age=30"));
        Assert.False(await second.IsOnDiskAsync("/a/seg1"));
    }

    /// <summary>What lies at the end of a link is another's file: it is neither locked, nor read, nor written.</summary>
    [Theory]
    [InlineData("lock")]
    [InlineData("state")]
    public async Task File_ThatIsALink_IsNotOpened(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        using DiskFolder folder = new(), other = new();
        await File.WriteAllTextAsync(other.File("of-another"), "as it was", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(folder.File(name), other.File("of-another"));
        await using var fixture = new DiskFixture(folder);
        Assert.Equal(DiskState.Degraded, fixture.Tier.State);
        Assert.Equal("as it was", await File.ReadAllTextAsync(other.File("of-another"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Purge_WhereNothingCanBeWritten_SaysSo()
    {
        using var folder = new DiskFolder();
        File.WriteAllText(folder.File("file"), "");
        using var counts = new DiskCounts();
        var tier = new DiskTier(new DiskFiles(folder.File("file/cache")), DiskFixture.Small, TimeProvider.System, counts.Metrics, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        tier.TryOpen();
        Assert.False(await tier.PurgeAsync(null, "/a/"));
    }

    private static async Task MakePipeAsync(string path)
    {
        using var made = Process.Start("mkfifo", [path]);
        await made.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Deadline.Value, TestContext.Current.CancellationToken);
        Assert.Equal(0, made.ExitCode);
    }
}

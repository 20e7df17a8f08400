using Gateway.Caching.Disk;

namespace Gateway.Tests.Caching.Disk;

/// <summary>A disk that is full, broken, slow, closed to this user, or another's: memory serves, with a word, and the disk is tried again.</summary>
public sealed class DiskFailureTests
{
    [Theory]
    [InlineData(28, "it is full")]
    [InlineData(5, "it cannot be written")]
    public async Task Write_Fails_MemoryServesAndTheDiskIsTriedAgain(int error, string words)
    {
        await using var fixture = new DiskFixture();
        await fixture.WriteAsync("/a/before");
        Fail(fixture, DiskOperation.Write, () => throw new IOException("the disk", error));
        await fixture.WriteAsync("/a/seg1");
        Assert.Equal(DiskState.Degraded, fixture.Tier.State);
        Assert.Equal(words, fixture.Tier.Health.Trouble);
        Assert.Contains(words, new CacheDisk(fixture.Tier).Trouble, StringComparison.Ordinal);
        Assert.Equal(1, fixture.Counts["errors write"]);
        // What was written is read all the same.
        Assert.True(await fixture.IsOnDiskAsync("/a/before"));
        fixture.Files.Before = null;
        await fixture.WriteAsync("/a/seg2");
        Assert.Equal(1, fixture.Tier.Entries);
        fixture.Clock.Advance(DiskHealth.Pause);
        await fixture.WriteAsync("/a/seg3");
        Assert.Equal(2, fixture.Tier.Entries);
        Assert.Equal(DiskState.Working, fixture.Tier.State);
        Assert.Null(new CacheDisk(fixture.Tier).Trouble);
        Assert.True(await fixture.IsOnDiskAsync("/a/seg3"));
    }

    [Fact]
    public async Task Space_ForTheFirstSlab_IsMissing()
    {
        await using var fixture = new DiskFixture();
        Fail(fixture, DiskOperation.Open, () => throw new IOException("No space left on device", 28));
        await fixture.WriteAsync("/a/seg1");
        Assert.Equal("it is full", fixture.Tier.Health.Trouble);
        Assert.Equal(0, fixture.Tier.Entries);
        fixture.Files.Before = null;
        fixture.Clock.Advance(DiskHealth.Pause);
        await fixture.WriteAsync("/a/seg1");
        Assert.True(await fixture.IsOnDiskAsync("/a/seg1"));
    }

    [Fact]
    public async Task Read_FailsAgainAndAgain_UpstreamIsAskedAndTheDiskIsLeftAlone()
    {
        await using var fixture = new DiskFixture();
        for (var i = 0; i < 6; i++) await fixture.WriteAsync($"/a/seg{i}");
        Fail(fixture, DiskOperation.Read, () => throw new IOException("EIO", 5));
        for (var i = 0; i < 6; i++) Assert.False(await fixture.IsOnDiskAsync($"/a/seg{i}"));
        Assert.Equal((4, 6), (fixture.Counts["errors read"], fixture.Counts["reads failed"]));
        Assert.Equal("it cannot be read", fixture.Tier.Health.Trouble);
        fixture.Files.Before = null;
        await fixture.FlushAsync();
        fixture.Clock.Advance(DiskHealth.Pause);
        Assert.True(await fixture.IsOnDiskAsync("/a/seg5"));
        Assert.Equal(DiskState.Working, fixture.Tier.State);
    }

    [Fact]
    public async Task Read_Hangs_UpstreamIsAskedInTime()
    {
        await using var fixture = new DiskFixture();
        await fixture.WriteAsync("/a/seg1");
        using var reading = new HangingRead(fixture);
        fixture.EmptyMemory();
        var open = fixture.OpenAsync("/a/seg1");
        await Deadline.Until(() => reading.IsReached);
        while (!open.IsCompleted)
        {
            fixture.Clock.Advance(DiskTier.Patience);
            await Task.Yield();
        }

        using (var reply = await open) Assert.False(reply.FromDisk);
        Assert.Equal(2, fixture.Upstream.Count);
        Assert.Equal(1, fixture.Counts["reads failed"]);
        reading.End();
    }

    [Fact]
    public async Task Client_LeavingAHangingRead_EndsItsFetch()
    {
        await using var fixture = new DiskFixture();
        await fixture.WriteAsync("/a/seg1");
        using var reading = new HangingRead(fixture);
        fixture.EmptyMemory();
        fixture.Memory.Options.LingerTime = TimeSpan.Zero;
        using var leaving = new CancellationTokenSource();
        var open = fixture.Memory.OpenAsync(CacheFixture.Request("/a/seg1"), leaving.Token);
        await Deadline.Until(() => reading.IsReached);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => open.WaitAsync(Deadline.Value));
        await Deadline.Until(() => fixture.Memory.Cache.Statistics().Fetches == 0);
        reading.End();
        Assert.True(await fixture.IsOnDiskAsync("/a/seg1"));
    }

    [Fact]
    public async Task Writer_TooSlow_DropsOffersAndBlocksNobody()
    {
        await using var fixture = new DiskFixture(layout: new SlabLayout(64 << 20, 3));
        fixture.Upstream.Answers = call => call.Answer(200, [1, 2, 3], ("Cache-Control", "max-age=3600"));
        using var held = new ManualResetEventSlim();
        Fail(fixture, DiskOperation.Write, () => held.Wait(Deadline.Value));
        for (var i = 0; i < DiskTier.MostOffers + 50; i++)
        {
            await fixture.Memory.GetAsync(CacheFixture.Request($"/a/seg{i}"));
            await fixture.Memory.GetAsync(CacheFixture.Request($"/a/seg{i}"));
        }

        Assert.InRange(fixture.Counts["writes dropped"], 1, 50);
        held.Set();
        fixture.Files.Before = null;
        await Deadline.Until(() => fixture.Counts["writes written"] + fixture.Counts["writes dropped"] == DiskTier.MostOffers + 50);
    }

    [Fact]
    public async Task Folder_OfAnotherProcess_IsRefusedUntilThatEnds()
    {
        using var folder = new DiskFolder();
        await using var first = new DiskFixture(folder);
        await using var second = new DiskFixture(folder);
        Assert.Equal(DiskState.Working, first.Tier.State);
        Assert.Equal(DiskState.Degraded, second.Tier.State);
        Assert.Equal("its folder belongs to another process", second.Tier.Health.Trouble);
        await second.WriteAsync("/a/seg1");
        Assert.Equal(0, second.Tier.Entries);
        await first.WriteAsync("/a/seg2");
        await first.Tier.CloseAsync();
        second.Open();
        Assert.Equal(DiskState.Working, second.Tier.State);
        Assert.True(await second.IsOnDiskAsync("/a/seg2"));
    }

    [Fact]
    public void Folder_BelowAFile_CannotBeOpened()
    {
        using var folder = new DiskFolder();
        File.WriteAllText(folder.File("file"), "");
        using var counts = new DiskCounts();
        var tier = new DiskTier(new DiskFiles(folder.File("file/cache")), DiskFixture.Small, TimeProvider.System, counts.Metrics, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        tier.TryOpen();
        tier.TryRecover();
        Assert.Equal(DiskState.Degraded, tier.State);
        Assert.Equal("it cannot be opened", tier.Health.Trouble);
        Assert.Equal(1, counts["errors open"]);
    }

    [Fact]
    public async Task Folder_AndFiles_AreMadeForTheirOwnerAlone()
    {
        // Windows has no modes.
        if (OperatingSystem.IsWindows()) return;
        using var folder = new DiskFolder();
        var path = folder.File("some/cache");
        await using (var fixture = new DiskFixture(folder)) await fixture.WriteAsync("/a/seg1");
        File.SetUnixFileMode(folder.File("slab-0000"), (UnixFileMode)0x1A4);
        await using (var fixture = new DiskFixture(folder)) Assert.True(await fixture.IsOnDiskAsync("/a/seg1"));
        foreach (var file in Directory.EnumerateFiles(folder.Path)) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        new DiskFiles(path).MakeFolder();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
    }

    private static void Fail(DiskFixture fixture, DiskOperation operation, Action fails) => fixture.Files.Before = happens =>
    {
        if (happens == operation) fails();
    };

    /// <summary>A read of the disk that does not come back.</summary>
    private sealed class HangingRead : IDisposable
    {
        private readonly DiskFixture _fixture;
        private readonly ManualResetEventSlim _reached = new();
        private readonly ManualResetEventSlim _held = new();

        public HangingRead(DiskFixture fixture)
        {
            _fixture = fixture;
            Fail(fixture, DiskOperation.Read, () =>
            {
                _reached.Set();
                _held.Wait(Deadline.Value);
            });
        }

        public bool IsReached => _reached.IsSet;

        /// <summary>It comes back, and those after it do at once.</summary>
        public void End()
        {
            _fixture.Files.Before = null;
            _held.Set();
        }

        public void Dispose()
        {
            _reached.Dispose();
            _held.Dispose();
        }
    }
}

using Gateway.Caching.Disk;
using Gateway.Caching.Store;
using Gateway.Media;

namespace Gateway.Tests.Caching.Disk;

/// <summary>What was marked is written until the disk has it, and holds for whoever takes a later number.</summary>
public sealed class InvalidationsTests : IDisposable
{
    /// <summary>Of the numbers for which a ceiling is written; from half of them on it is raised.</summary>
    private const long HalfAhead = 1 << 19;

    private static readonly CacheKey Key = new(new MediaAddress("origin", "/a/seg1", ""), "", -1);

    private readonly DiskFolder _folder = new();
    private readonly DiskFiles _files;
    private readonly StateFile _state;

    public InvalidationsTests()
    {
        _files = new DiskFiles(_folder.Path);
        _state = StateFile.Open(_files, DiskFixture.Small);
    }

    public void Dispose()
    {
        _state.Dispose();
        _folder.Dispose();
    }

    /// <summary>The system forgets what it could not sync: a second sync alone would succeed, and the purge be gone after a loss of power.</summary>
    [Fact]
    public void Save_AfterASyncThatFailed_WritesAndSyncsThePurgesAgain()
    {
        var rules = new Invalidations(_state, DiskFixture.Small);
        rules.Purge(null, "/a/");
        rules.Purge("origin", "/b/");
        _files.BeforeSync = static () => throw new IOException("EIO", 5);
        Assert.Throws<IOException>(rules.Save);
        Assert.Throws<IOException>(rules.Save);
        var (writes, syncs) = (0, 0);
        _files.Before = _ => writes++;
        _files.BeforeSync = () => syncs++;
        rules.Save();
        Assert.Equal((2, 1), (writes, syncs));
        rules.Save();
        Assert.Equal((2, 1), (writes, syncs));
    }

    /// <summary>A rule is forgotten with the slabs that were begun before it. A slab that is begun with a later number must not take in what the rule purges.</summary>
    [Fact]
    public void Purge_AmidItsNumber_IsSeenByWhoeverHasALaterOne()
    {
        var rules = new Invalidations(_state, DiskFixture.Small);
        while (rules.Next() < HalfAhead - 1)
        {
        }

        var asked = rules.Now;
        var (began, isDead) = (0L, false);
        using var hasNumber = new ManualResetEventSlim();
        var writer = new Thread(() =>
        {
            began = rules.Now;
            hasNumber.Set();
            isDead = rules.IsDead(Key, 0, asked);
        });
        // Called as the purge takes its number, the first from which on the ceiling is raised.
        rules.Elsewhere = _ =>
        {
            writer.Start();
            hasNumber.Wait(Deadline.Value);
            // It has looked, or waits to.
            SpinWait.SpinUntil(() => writer.ThreadState.HasFlag(ThreadState.WaitSleepJoin) || writer.ThreadState.HasFlag(ThreadState.Stopped), Deadline.Value);
            return true;
        };
        rules.Purge(null, "/a/");
        Assert.True(writer.Join(Deadline.Value));
        Assert.Equal(HalfAhead, began);
        Assert.True(isDead);
    }
}

using Gateway.Caching.Store;
using Gateway.Testing;

namespace Gateway.Tests.Caching.Store;

public sealed class WakePaceTests
{
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void Readers_Few_AreWokenByEveryPiece()
    {
        var pace = new WakePace(_clock, () => Assert.Fail("No round is needed."));
        for (var i = 0; i < 5; i++) Assert.True(pace.IsDue(WakePace.Crowd - 1));
        _clock.Advance(TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData(1000, 30)]
    [InlineData(100_000, 50)]
    public async Task Readers_Crowd_AreWokenInRounds(int readers, int pauseMs)
    {
        var rounds = 0;
        var pace = new WakePace(_clock, () => Interlocked.Increment(ref rounds));
        Assert.True(pace.IsDue(readers));
        Assert.False(pace.IsDue(readers));
        Assert.False(pace.IsDue(readers));
        _clock.Advance(TimeSpan.FromMilliseconds(pauseMs - 1));
        Assert.Equal(0, rounds);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await Deadline.Until(() => Volatile.Read(ref rounds) == 1);
        pace.Begin();
        Assert.False(pace.IsDue(readers));
        _clock.Advance(TimeSpan.FromMilliseconds(pauseMs));
        await Deadline.Until(() => Volatile.Read(ref rounds) == 2);
    }

    [Fact]
    public void Readers_CrowdAfterAPause_AreWokenAtOnce()
    {
        var pace = new WakePace(_clock, () => Assert.Fail("Nothing was put off."));
        Assert.True(pace.IsDue(1000));
        _clock.Advance(TimeSpan.FromMilliseconds(30));
        Assert.True(pace.IsDue(1000));
    }

    [Fact]
    public async Task Body_WithACrowd_DeliversFirstBytesAndEndAtOnce()
    {
        await using var fixture = new CacheFixture();
        var body = new MediaBody(fixture.Parts.Pool, fixture.Parts.Budget, _clock, 1 << 20);
        Assert.True(body.TryLayKept(30, long.MaxValue));
        var readers = Enumerable.Range(0, WakePace.Crowd).Select(_ => body.TryJoin()!).ToArray();

        var reads = ReadAll(0);
        Land(10);
        foreach (var read in reads) Assert.Equal(10, (await read.WaitAsync(Deadline.Value)).Length);

        reads = ReadAll(10);
        Land(10);
        Assert.DoesNotContain(reads, r => r.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(50));
        foreach (var read in reads) Assert.Equal(10, (await read.WaitAsync(Deadline.Value)).Length);

        reads = ReadAll(20);
        Land(10);
        Assert.True(body.TryComplete());
        foreach (var read in reads) Assert.Equal(10, (await read.WaitAsync(Deadline.Value)).Length);
        foreach (var reader in readers) reader.Dispose();
        body.Release();

        Task<ReadOnlyMemory<byte>>[] ReadAll(long position) => [.. readers.Select(r => r.ReadAsync(position, CancellationToken.None).AsTask())];

        void Land(int bytes)
        {
            Assert.True(body.Space(out _).Length >= bytes);
            body.Land(bytes);
        }
    }
}

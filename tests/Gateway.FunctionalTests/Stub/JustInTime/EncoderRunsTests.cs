using TranscoderStub.JustInTime;

namespace Gateway.FunctionalTests.Stub.JustInTime;

/// <summary>Who joins which encoder, decision by decision.</summary>
public sealed class EncoderRunsTests
{
    private readonly EncoderRuns _runs = new(_ => false, ahead: 1, joinAhead: 10);
    private readonly TaskCompletionSource _work = new();

    [Fact]
    public async Task Asker_AfterTheLastOneHasLeft_GetsAnEncoderOfItsOwn()
    {
        var left = Join(3);
        _runs.Leave(left, 3);
        var later = Join(3);

        Assert.True(left.Stopping.IsCancellationRequested || left.IsStopped);
        Assert.NotSame(left, later);
        Assert.False(later.Stopping.IsCancellationRequested);

        // The end of the first one is not told to those who wait for the second.
        Assert.Empty(_runs.Remove(left));
        Assert.Single(_runs.Remove(later));
        await left.DisposeAsync();
    }

    [Fact]
    public void Asker_WhileAnotherStays_JoinsIt()
    {
        var run = Join(3);
        Assert.Same(run, Join(3));
        _runs.Leave(run, 3);

        Assert.Same(run, Join(4));
        Assert.False(run.IsStopped);
    }

    [Fact]
    public async Task End_OfAllEncoders_WaitsForThoseThatWereLeft()
    {
        var run = Join(0);
        _runs.Leave(run, 0);
        var over = _runs.StopAsync();

        Assert.False(over.IsCompleted);
        _work.SetResult();
        await over;
    }

    private EncoderRun Join(int segment) => _runs.Join(segment, _ => _work.Task)!.Value.Run;
}

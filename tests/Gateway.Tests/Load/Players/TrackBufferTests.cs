using Gateway.Load.Players;

namespace Gateway.Tests.Load.Players;

public sealed class TrackBufferTests
{
    private readonly TrackBuffer _buffer = new();

    [Fact]
    public void Append_SegmentsOfOneRung_AreOneRun()
    {
        Fill((0, 4, 1), (4, 8, 1), (8.05, 12, 1));

        Assert.True(_buffer.TryFind(0, out var run));
        Assert.Equal(new BufferedRun(0, 12, 1), run);
        Assert.Equal(9, _buffer.Ahead(3));
        Assert.Equal(0, _buffer.Ahead(12.5));
    }

    [Fact]
    public void Append_InTheMiddle_ReplacesOnlyThere()
    {
        Fill((0, 4, 0), (4, 8, 0), (8, 12, 0), (4, 8, 2));

        Assert.Equal([0, 2, 0], new[] { 1.0, 5, 9 }.Select(RungAt));
        Assert.Equal((0, 12), (_buffer.Start, _buffer.End));
    }

    [Fact]
    public void Append_BehindAHole_BeginsAnew()
    {
        Fill((0, 4, 0), (100, 104, 1));

        Assert.Equal((100, 104), (_buffer.Start, _buffer.End));
        Assert.False(_buffer.Holds(2));
    }

    [Fact]
    public void Forget_WhatWasPlayed_KeepsWhatIsPlaying()
    {
        Fill((0, 4, 0), (4, 8, 1), (8, 12, 2));

        _buffer.Forget(6);

        Assert.Equal(4, _buffer.Start);
        Assert.True(_buffer.Holds(6));
    }

    [Fact]
    public void Append_ManyRungs_KeepsAllRunsInOrder()
    {
        for (var i = 0; i < 50; i++) _buffer.Append(i * 2, (i + 1) * 2, i % 3);
        _buffer.Forget(41);
        for (var i = 50; i < 90; i++) _buffer.Append(i * 2, (i + 1) * 2, i % 3);

        Assert.All(Enumerable.Range(21, 60), i => Assert.Equal(i % 3, RungAt((i * 2) + 1)));
    }

    private void Fill(params (double Start, double End, int Rung)[] segments)
    {
        foreach (var (start, end, rung) in segments) _buffer.Append(start, end, rung);
    }

    private int RungAt(double position)
    {
        Assert.True(_buffer.TryFind(position, out var run));
        return run.Rung;
    }
}

using Gateway.Load.Links;
using Gateway.Testing;

namespace Gateway.Tests.Load.Links;

public sealed class PacedStreamTests
{
    private const int BytesPerSecond = 100_000;

    private readonly ManualTimeProvider _clock = new();

    [Theory]
    [InlineData(10)]
    [InlineData(70)] // A machine whose timers come late has no slower link for it.
    public async Task Read_BodyOfOneSecond_TakesOneSecond(int stepMs)
    {
        var link = Link();
        await using var stream = new PacedStream(new MemoryStream(new byte[BytesPerSecond]), link.Open());
        link.Begin();

        var reading = ReadAllAsync(stream, 16 * 1024);
        await _clock.AdvanceUntilAsync(() => reading.IsCompleted, TimeSpan.FromMilliseconds(stepMs));

        Assert.Equal(BytesPerSecond, (await reading).Bytes);
        Assert.InRange((await reading).At.TotalMilliseconds, 1000, 1000 + stepMs);
    }

    [Fact]
    public async Task Read_TwoBodiesOnOneLink_GetHalfOfItEach()
    {
        var link = Link();
        await using var one = new PacedStream(new MemoryStream(new byte[BytesPerSecond / 2]), link.Open());
        await using var other = new PacedStream(new MemoryStream(new byte[BytesPerSecond / 2]), link.Open());
        link.Begin();

        var readings = new[] { ReadAllAsync(one, 4096), ReadAllAsync(other, 4096) };
        await _clock.AdvanceUntilAsync(() => Array.TrueForAll(readings, r => r.IsCompleted), TimeSpan.FromMilliseconds(10));

        // Both end with the link's second; neither was served before the other.
        foreach (var reading in readings) Assert.InRange((await reading).At.TotalMilliseconds, 900, 1020);
    }

    [Fact]
    public async Task Read_LinkInOutage_WaitsForItsEnd()
    {
        var link = Link(new RateTrace("outage", [(0, 0), (5, BytesPerSecond * 8 / 1000), (60, 0)]));
        await using var stream = new PacedStream(new MemoryStream(new byte[1000]), link.Open());
        link.Begin();

        var reading = ReadAllAsync(stream, 4096);
        await _clock.AdvanceUntilAsync(() => reading.IsCompleted, TimeSpan.FromMilliseconds(100));

        Assert.InRange((await reading).At.TotalMilliseconds, 5010, 5110);
    }

    [Fact]
    public async Task Read_GivenUpWhileWaiting_EndsAtOnce()
    {
        var link = Link(new RateTrace("outage", [(0, 0), (5, 8), (60, 0)]));
        await using var stream = new PacedStream(new MemoryStream(new byte[1000]), link.Open());
        using var giveUp = new CancellationTokenSource();
        link.Begin();

        var reading = stream.ReadAsync(new byte[100], giveUp.Token);
        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await reading);
    }

    private RealTimeBottleneck Link(RateTrace? trace = null) =>
        new(new LinkOptions { Trace = trace ?? RateTrace.Constant(BytesPerSecond * 8 / 1000) }, _clock, TimeSpan.FromMilliseconds(50));

    private async Task<(int Bytes, TimeSpan At)> ReadAllAsync(Stream stream, int bufferBytes)
    {
        var began = _clock.GetTimestamp();
        var buffer = new byte[bufferBytes];
        var total = 0;
        while (await stream.ReadAsync(buffer) is var read and > 0) total += read;
        return (total, _clock.GetElapsedTime(began));
    }
}

using Gateway.Testing;
using TranscoderStub;
using TranscoderStub.Encoders;

namespace Gateway.FunctionalTests.Stub.JustInTime;

/// <summary>Places for encoders: handed over in order, waited for within limits, made free by those who rest.</summary>
public sealed class EncoderSlotsTests
{
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public async Task Place_GivenBack_GoesToTheFirstWhoWaits()
    {
        var slots = Slots(queue: 2);
        var held = await slots.EnterAsync(() => false, CancellationToken.None);
        var first = slots.EnterAsync(() => false, CancellationToken.None);
        var second = slots.EnterAsync(() => false, CancellationToken.None);
        Assert.Null(slots.TryEnter(() => false));
        held.Dispose();
        held.Dispose();

        (await first).Dispose();
        (await second).Dispose();
        Assert.Equal((0, 0), (slots.Running, slots.Queued));
    }

    [Fact]
    public async Task Queue_Full_IsRefusedAtOnce()
    {
        var slots = Slots(queue: 0);
        using var held = await slots.EnterAsync(() => false, CancellationToken.None);

        var refused = await Assert.ThrowsAsync<TranscodeException>(() => slots.EnterAsync(() => false, CancellationToken.None));
        Assert.Equal(503, refused.Status);
        Assert.NotNull(refused.RetryAfter);
    }

    [Fact]
    public async Task Wait_TooLong_IsRefusedAndLeavesTheQueue()
    {
        var slots = Slots(queue: 1);
        using var held = await slots.EnterAsync(() => false, CancellationToken.None);
        var waiting = slots.EnterAsync(() => false, CancellationToken.None);
        _clock.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal(503, (await Assert.ThrowsAsync<TranscodeException>(() => waiting)).Status);
        Assert.Equal((1, 0), (slots.Running, slots.Queued));
    }

    [Fact]
    public async Task Waiter_WhoLeaves_LeavesTheQueueToOthers()
    {
        var slots = Slots(queue: 1);
        var held = await slots.EnterAsync(() => false, CancellationToken.None);
        using var gone = new CancellationTokenSource();
        var waiting = slots.EnterAsync(() => false, gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        var next = slots.EnterAsync(() => false, CancellationToken.None);
        held.Dispose();
        (await next).Dispose();
        Assert.Equal(0, slots.Running);
    }

    [Fact]
    public async Task Holder_WhoRests_IsAskedToLeave()
    {
        var slots = Slots(queue: 1);
        IDisposable? held = null;
        held = await slots.EnterAsync(
            () =>
            {
                held!.Dispose();
                return true;
            },
            CancellationToken.None);

        using var next = await slots.EnterAsync(() => false, CancellationToken.None);
        Assert.Equal(1, slots.Running);
    }

    private EncoderSlots Slots(int queue) => new(new EncodingOptions { MaxEncoders = 1, MaxQueued = queue }, _clock);
}

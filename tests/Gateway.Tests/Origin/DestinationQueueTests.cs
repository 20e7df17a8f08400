using Gateway.Origin;
using Gateway.Testing;
using Gateway.Tests.Caching;

namespace Gateway.Tests.Origin;

public sealed class DestinationQueueTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public async Task Leave_DemandCameAfterPrefetch_DemandGoesFirst()
    {
        var queue = new DestinationQueue(1, Patience, _clock);
        Assert.False(await queue.EnterAsync(true, null, default));
        var ahead = queue.EnterAsync(false, null, default).AsTask();
        var demand = queue.EnterAsync(true, null, default).AsTask();
        queue.Leave();
        Assert.True(await demand);
        Assert.False(ahead.IsCompleted);
        queue.Leave();
        Assert.True(await ahead);
        Assert.Equal(1, queue.Running);
    }

    [Fact]
    public async Task Enter_PrefetchesFillTheirPart_APlaceIsLeftForDemand()
    {
        var queue = new DestinationQueue(4, Patience, _clock);
        for (var i = 0; i < 3; i++) Assert.False(await queue.EnterAsync(false, null, default));
        var fourth = queue.EnterAsync(false, null, default).AsTask();
        Assert.False(fourth.IsCompleted);
        Assert.False(await queue.EnterAsync(true, null, default));
    }

    [Fact]
    public async Task Enter_PrefetchThatIsDemandedWhileItWaits_GoesBeforeOtherPrefetches()
    {
        var queue = new DestinationQueue(2, Patience, _clock);
        for (var i = 0; i < 2; i++) await queue.EnterAsync(true, null, default);
        var urgency = new FetchUrgency();
        var other = queue.EnterAsync(false, null, default).AsTask();
        var wanted = queue.EnterAsync(false, urgency.Demanded, default).AsTask();
        urgency.Demand(null);
        queue.Leave();
        Assert.True(await wanted);
        Assert.False(other.IsCompleted);
    }

    [Fact]
    public async Task Enter_DemandThatWaitsLongerThanItsPatience_GoesAllTheSame()
    {
        var queue = new DestinationQueue(2, Patience, _clock);
        for (var i = 0; i < 2; i++) await queue.EnterAsync(true, null, default);
        var demand = queue.EnterAsync(true, null, default).AsTask();
        await _clock.AdvanceUntilAsync(() => demand.IsCompleted, Patience);
        Assert.Equal(3, queue.Running);
        queue.Leave();
        queue.Leave();
        Assert.False(await queue.EnterAsync(true, null, default));
    }

    [Fact]
    public async Task Enter_WaiterLeaves_ItsPlaceIsNobodysLoss()
    {
        var queue = new DestinationQueue(2, Patience, _clock);
        for (var i = 0; i < 2; i++) await queue.EnterAsync(true, null, default);
        using var leaving = new CancellationTokenSource();
        var gone = queue.EnterAsync(false, null, leaving.Token).AsTask();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        queue.Leave();
        queue.Leave();
        Assert.Equal(0, queue.Running);
    }

    /// <summary>Every order of entering, being demanded, leaving the queue and giving a place back, by chance: no place is lost, none is given twice.</summary>
    [Fact]
    public async Task Enter_AnyOrderOfEvents_GivesEveryPlaceBack()
    {
        var random = new Random(3);
        for (var game = 0; game < 50; game++)
        {
            var queue = new DestinationQueue(4, TimeSpan.FromDays(1), _clock);
            var entered = new List<(Task<bool> Enter, FetchUrgency Urgency, CancellationTokenSource Leaving)>();
            for (var step = 0; step < 200; step++)
            {
                var chosen = entered.Count == 0 ? default : entered[random.Next(entered.Count)];
                switch (random.Next(4))
                {
                    case 0:
                        var (urgency, leaving) = (new FetchUrgency(), new CancellationTokenSource());
                        entered.Add((queue.EnterAsync(random.Next(2) == 0, urgency.Demanded, leaving.Token).AsTask(), urgency, leaving));
                        break;
                    case 1:
                        chosen.Urgency?.Demand(null);
                        break;
                    case 2 when chosen.Leaving is { } gone:
                        await gone.CancelAsync();
                        break;
                    case 3 when chosen.Enter is { IsCompletedSuccessfully: true }:
                        queue.Leave();
                        entered.Remove(chosen);
                        break;
                }
            }

            while (entered.Count > 0)
            {
                await Deadline.Until(() => entered.Exists(e => e.Enter.IsCompleted));
                foreach (var done in entered.FindAll(e => e.Enter.IsCompleted))
                {
                    if (done.Enter.IsCompletedSuccessfully) queue.Leave();
                    entered.Remove(done);
                }
            }

            Assert.Equal(0, queue.Running);
        }
    }
}

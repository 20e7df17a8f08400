using Gateway.Live.Work;

namespace Gateway.Tests.Live.Work;

public sealed class FairQueueTests
{
    [Fact]
    public void Sessions_OfWhichOneFloods_TakeTurns()
    {
        var queue = new FairQueue(100, 1000, 2, 8);
        for (var i = 0; i < 50; i++) queue.Add(new WorkItem("flood", i), isReserved: false);
        queue.Add(new WorkItem("calm", 7), isReserved: false);
        Assert.Equal([new WorkItem("flood", 0), new WorkItem("calm", 7), new WorkItem("flood", 1)], Taken(queue));
        queue.Done(new WorkItem("flood", 0));
        Assert.Equal([new WorkItem("flood", 2)], Taken(queue));
    }

    [Fact]
    public void Work_OfManySessions_IsBoundedInAll()
    {
        var queue = new FairQueue(10, 1000, 2, 8);
        for (var s = 0; s < 20; s++)
        {
            for (var i = 0; i < 3; i++) queue.Add(new WorkItem($"s{s}", i), isReserved: false);
        }

        var taken = Taken(queue);
        Assert.Equal(8, taken.Count);
        Assert.Equal(8, taken.Select(t => t.Session).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal((52, 8), (queue.Waiting, queue.Making));
    }

    [Fact]
    public void Room_OnceReserved_CountsUntilItIsUsedOrGivenBack()
    {
        var queue = new FairQueue(2, 3, 2, 8);
        Assert.Equal(ReservationResult.Reserved, queue.TryReserve("a"));
        Assert.Equal(ReservationResult.Reserved, queue.TryReserve("a"));
        Assert.Equal(ReservationResult.SessionFull, queue.TryReserve("a"));
        Assert.Equal(ReservationResult.Reserved, queue.TryReserve("b"));
        Assert.Equal(ReservationResult.Full, queue.TryReserve("c"));
        queue.Release("a");
        Assert.Equal(ReservationResult.Reserved, queue.TryReserve("c"));
        queue.Add(new WorkItem("a", 0), isReserved: true);
        Assert.Equal(3, queue.Waiting);
        Assert.Single(Taken(queue));
        Assert.Equal(2, queue.Waiting);
    }

    [Fact]
    public void Chunk_ThatWaitsOrIsInTheMaking_IsNotAddedAgain()
    {
        var queue = new FairQueue(10, 10, 2, 8);
        var item = new WorkItem("a", 3);
        queue.Add(item, isReserved: false);
        queue.Add(item, isReserved: false);
        Assert.Single(Taken(queue));
        queue.Add(item, isReserved: false);
        Assert.Empty(Taken(queue));
        queue.Done(item);
        queue.Done(item);
        Assert.Equal((0, 0), (queue.Waiting, queue.Making));
        queue.Add(item, isReserved: false);
        Assert.Single(Taken(queue));
    }

    [Fact]
    public void Chunks_OfASession_GoInTheirOrder()
    {
        var queue = new FairQueue(10, 10, 10, 10);
        foreach (var index in new[] { 5, 1, 3 }) queue.Add(new WorkItem("a", index), isReserved: false);
        Assert.Equal([1, 3, 5], Taken(queue).Select(t => t.Index));
    }

    private static List<WorkItem> Taken(FairQueue queue)
    {
        var taken = new List<WorkItem>();
        while (queue.TryTake(out var item)) taken.Add(item.Value);
        return taken;
    }
}

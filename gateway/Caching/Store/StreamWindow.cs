namespace Gateway.Caching.Store;

/// <summary>
/// What a body that is not kept holds in memory: the blocks between its slowest reader and its end, as far as a window reaches. All of it under the body's gate.
/// <para>
/// Its blocks count in the budget like kept ones. Where the budget has no room a stream gets along with one block at a time, lent beyond the budget: it is slower
/// then, but never stands still, and all streams together go beyond the budget by a block each and no more.
/// </para>
/// </summary>
internal sealed class StreamWindow(BodyBlocks blocks, BodyReaders readers, long bytes)
{
    private bool _starved;
    private TaskCompletionSource? _room;

    /// <summary>The body is a window; there is no way back.</summary>
    public bool IsOpen { get; private set; }

    public void Open(long available)
    {
        IsOpen = true;
        Move(available);
    }

    /// <summary>Whether the fetch may add a block, for which the budget had room or not.</summary>
    public bool Admits(bool reserved, long available)
    {
        _starved = !reserved && blocks.HoldsAny;
        return !IsFull(available);
    }

    public bool IsFull(long available) => _starved || available - readers.Slowest(available) >= bytes;

    /// <summary>Frees what every reader has passed, and lets the fetch look again whether it has room.</summary>
    public void Move(long available)
    {
        if (blocks.FreeBelow(Math.Min(readers.Slowest(available), available), readers.LowestCut())) _starved = false;
        _room?.TrySetResult();
        _room = null;
    }

    /// <summary>Completes when a reader has moved on.</summary>
    public Task SpaceAsync(long available)
    {
        if (!IsFull(available)) return Task.CompletedTask;
        _room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _room.Task;
    }

    /// <summary>How long the slowest reader may go on to hold up others.</summary>
    public TimeSpan PatienceWithSlowest(long available, TimeSpan most)
    {
        var left = most - readers.HeldUpAt(readers.Slowest(available));
        // One that has used up its time, and holds up nobody at the moment, is looked at again when a reader moves.
        return left > TimeSpan.Zero ? left : most;
    }

    /// <summary>
    /// The fetch has waited for room. If others waited for bytes meanwhile, that goes to the account of the slowest readers, and those who have used up their time in all
    /// are cut: one that crawls holds up the others as much as one that stands. Nobody is cut who holds up only itself.
    /// </summary>
    public int ChargeSlowest(long available, TimeSpan waited, TimeSpan most)
    {
        var slowest = readers.Slowest(available);
        if (slowest == available || !readers.AnyWaits()) return 0;
        var cut = readers.ChargeAt(slowest, waited, most);
        if (cut > 0) Move(available);
        return cut;
    }
}

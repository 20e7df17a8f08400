namespace Gateway.Caching.Store;

/// <summary>
/// The memory of a body that is not stored: the blocks between its slowest reader and its end, as far as a window reaches. All of it is used under the body's gate.
/// <para>
/// Its blocks count in the budget like stored ones. Where the budget has no space a stream uses one block at a time, rented beyond the budget: it is slower
/// then, but never stands still, and all streams together exceed the budget by a block each and no more.
/// </para>
/// </summary>
internal sealed class StreamWindow(BodyBlocks blocks, BodyReaders readers, long bytes)
{
    private bool _starved;
    private TaskCompletionSource? _space;

    /// <summary>The body is a window; there is no way back.</summary>
    public bool IsOpen { get; private set; }

    public void Open(long available)
    {
        IsOpen = true;
        Move(available);
    }

    /// <summary>Whether the fetch may add a block, whether or not the budget had space for it.</summary>
    public bool Admits(bool reserved, long available)
    {
        // Readers may wait ahead of all bytes, in the middle of a slice: they do not move, and what comes in before them is nobody's.
        Free(available);
        _starved = !reserved && blocks.HoldsAny;
        return !IsFull(available);
    }

    public bool IsFull(long available) => _starved || available - readers.Slowest(available) >= bytes;

    /// <summary>Frees the blocks that every reader has passed, and wakes the fetch to check for space again.</summary>
    public void Move(long available)
    {
        Free(available);
        _space?.TrySetResult();
        _space = null;
    }

    /// <summary>Completes when a reader has moved on.</summary>
    public Task SpaceAsync(long available)
    {
        if (!IsFull(available)) return Task.CompletedTask;
        _space = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _space.Task;
    }

    /// <summary>How long the slowest reader may go on to hold up others.</summary>
    public TimeSpan PatienceWithSlowest(long available, TimeSpan most)
    {
        var left = most - readers.HeldUpAt(readers.Slowest(available));
        // A reader that has used up its time, and holds up nobody at the moment, is checked again when a reader moves.
        return left > TimeSpan.Zero ? left : most;
    }

    /// <summary>
    /// The fetch has waited for space. If other readers waited for bytes meanwhile, the time is charged to the slowest readers, and those that have used up their total time
    /// are cut: one that crawls holds up the others as much as one that stands still. A reader that holds up only itself is not cut.
    /// </summary>
    public int ChargeSlowest(long available, TimeSpan waited, TimeSpan most)
    {
        var slowest = readers.Slowest(available);
        if (slowest >= available || !readers.AnyWaits()) return 0;
        var cut = readers.ChargeAt(slowest, waited, most);
        if (cut > 0) Move(available);
        return cut;
    }

    /// <summary>Whether a reader would have to wait for more than a window's bytes, at the pace of others that stand before it.</summary>
    public bool IsFarAhead(long position, long available) => IsOpen && readers.Count > 1 && position - available > bytes;

    private void Free(long available)
    {
        if (blocks.FreeBelow(Math.Min(readers.Slowest(available), available), readers.LowestCut())) _starved = false;
    }
}

namespace Gateway.Caching;

/// <content>Where the bytes go: room to read into, and the moving window of a body that is not kept.</content>
internal sealed partial class MediaBody
{
    /// <summary>Lays the body out as a window: nothing is kept, and only those who have joined already read it.</summary>
    public void LayWindow(long? length)
    {
        lock (_gate)
        {
            _length = length ?? -1;
            _blocks.LayRamp();
            BecomeWindowUnderGate();
        }
    }

    /// <summary>
    /// Free memory at the body's end to read into. Empty when a window is full and the fetch has to wait for <see cref="RoomAsync"/>.
    /// </summary>
    /// <param name="outgrown">The body has just become a window: it has to leave the shelf.</param>
    public Memory<byte> Room(out bool outgrown)
    {
        outgrown = false;
        var room = _blocks.RoomAt(_available);
        if (!room.IsEmpty) return room;

        var size = _blocks.NextSize(_length - _available);
        var reserved = _blocks.IsRamp && !_windowed && _available < _most && _budget.TryReserve(size);
        lock (_gate)
        {
            if (_blocks.IsRamp && !reserved)
            {
                outgrown = !_windowed;
                BecomeWindowUnderGate();
                if (_available - _readers.Slowest(_available) >= _windowBytes) return default;
            }
        }

        var block = _pool.Rent(size);
        lock (_gate) _blocks.Add(block, reserved);
        return block;
    }

    /// <summary>Completes when a reader has moved on, so that a full window may have room again.</summary>
    public Task RoomAsync()
    {
        lock (_gate)
        {
            if (_available - _readers.Slowest(_available) < _windowBytes) return Task.CompletedTask;
            _room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task;
        }
    }

    /// <summary>Cuts the readers that hold up the others of a full window. A lone reader is never cut: it holds up only itself.</summary>
    public int CutSlowest()
    {
        lock (_gate)
        {
            var slowest = _readers.Slowest(_available);
            if (_available - slowest < _windowBytes) return 0;
            var cut = _readers.CutAt(slowest);
            MoveWindowUnderGate();
            return cut;
        }
    }

    private void BecomeWindowUnderGate()
    {
        _windowed = true;
        _closed = true;
        MoveWindowUnderGate();
    }

    /// <summary>Frees what every reader has passed, and lets the fetch look again whether it has room.</summary>
    private void MoveWindowUnderGate()
    {
        _blocks.FreeBelow(Math.Min(_readers.Slowest(_available), _available), _readers.LowestCut());
        _room?.TrySetResult();
        _room = null;
    }
}

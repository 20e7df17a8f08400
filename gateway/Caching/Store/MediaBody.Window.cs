namespace Gateway.Caching.Store;

/// <content>Bodies that are not stored, or outgrew the storable size: the fetch's calls on their <see cref="StreamWindow"/>.</content>
internal sealed partial class MediaBody
{
    /// <summary>Lays the body out as a window: nothing is stored, and only those who have joined already read it.</summary>
    public void LayWindow(long? length)
    {
        lock (_gate)
        {
            _length = length ?? -1;
            _blocks.LayRamp();
            OpenWindowUnderGate();
        }
    }

    /// <summary>
    /// Free memory at the body's end to read into. Empty when a window is full and the fetch has to wait for <see cref="SpaceAsync"/>.
    /// </summary>
    /// <param name="outgrown">The body has just become a window: its entry has to leave the slot.</param>
    public Memory<byte> Space(out bool outgrown)
    {
        outgrown = false;
        var space = _blocks.SpaceAt(_available);
        if (!space.IsEmpty) return space;

        var size = _blocks.NextSize(_length - _available);
        var reserved = _blocks.IsRamp && (_window.IsOpen || _available < _most) && _budget.TryReserve(size);
        lock (_gate)
        {
            if (_blocks.IsRamp && (_window.IsOpen || !reserved))
            {
                outgrown = !_window.IsOpen;
                if (outgrown) OpenWindowUnderGate();
                if (!_window.Admits(reserved, _available))
                {
                    if (reserved) _budget.Release(size);
                    return default;
                }
            }
        }

        var block = _pool.Rent(size);
        lock (_gate) _blocks.Add(block, reserved);
        return block;
    }

    /// <summary>Completes when a reader has moved on, so that a full window may have space again.</summary>
    public Task SpaceAsync()
    {
        lock (_gate) return _window.SpaceAsync(_available);
    }

    /// <inheritdoc cref="StreamWindow.PatienceWithSlowest"/>
    public TimeSpan PatienceWithSlowest(TimeSpan most)
    {
        lock (_gate) return _window.PatienceWithSlowest(_available, most);
    }

    /// <inheritdoc cref="StreamWindow.ChargeSlowest"/>
    public int ChargeSlowest(TimeSpan waited, TimeSpan most)
    {
        lock (_gate) return _window.ChargeSlowest(_available, waited, most);
    }

    /// <summary>Puts a reader at its first position; true when it is so far ahead of the bytes, and others stand behind it, that it had better read alone.</summary>
    internal bool StandsFarAhead(BodyReader reader, long position)
    {
        lock (_gate)
        {
            reader.Position = Math.Max(reader.Position, position);
            return _window.IsFarAhead(position, _available);
        }
    }

    private void OpenWindowUnderGate()
    {
        _closed = true;
        _window.Open(_available);
    }
}

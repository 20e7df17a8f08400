namespace TranscoderStub.Encoders;

/// <summary>
/// How many encoders run at a time. Who finds none free asks the resting ones to leave; if none rests, it waits in a queue of bounded length for a
/// bounded time. Work ahead that nobody waits for never queues.
/// </summary>
internal sealed class EncoderSlots
{
    private readonly EncodingOptions _options;
    private readonly TimeProvider _time;
    private readonly int _most;

    // Protects the three below. Nothing is called under it.
    private readonly Lock _lock = new();
    private readonly LinkedList<TaskCompletionSource> _queue = new();
    private readonly List<Slot> _held = [];
    private int _running;

    public EncoderSlots(EncodingOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _most = options.MaxEncoders > 0 ? options.MaxEncoders : Math.Max(4, 2 * Environment.ProcessorCount);
    }

    public int Running
    {
        get
        {
            lock (_lock) return _running;
        }
    }

    public int Queued
    {
        get
        {
            lock (_lock) return _queue.Count;
        }
    }

    /// <summary>Takes a place if one is free at once; null if not.</summary>
    /// <param name="leave">Asks the holder to end if it rests; true if it does.</param>
    public IDisposable? TryEnter(Func<bool> leave)
    {
        lock (_lock) return _running < _most ? Take_NeedsLock(leave) : null;
    }

    /// <summary>Takes a place, sooner or later.</summary>
    /// <param name="leave">Asks the holder to end if it rests; true if it does.</param>
    /// <param name="stop">The asker leaves.</param>
    /// <exception cref="TranscodeException">503: the queue is full, or the wait was too long.</exception>
    public async Task<IDisposable> EnterAsync(Func<bool> leave, CancellationToken stop)
    {
        LinkedListNode<TaskCompletionSource> place;
        Slot[] held;
        lock (_lock)
        {
            if (_running < _most) return Take_NeedsLock(leave);
            if (_queue.Count >= _options.MaxQueued) throw Busy();
            place = _queue.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            held = [.. _held];
        }

        foreach (var slot in held)
        {
            if (slot.Leave()) break;
        }

        try
        {
            await place.Value.Task.WaitAsync(_options.QueueTimeout, _time, stop);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            lock (_lock)
            {
                // The place may have been handed over in the same moment: then it goes to the next one.
                if (place.List is not null) _queue.Remove(place);
                else Release_NeedsLock();
            }

            if (e is TimeoutException) throw Busy();
            throw;
        }

        lock (_lock) return Hold_NeedsLock(leave);
    }

    private TranscodeException Busy() => new(503, "TRANSCODER_BUSY", "All encoders are at work.", TimeSpan.FromSeconds(Math.Clamp(_options.QueueTimeout.TotalSeconds / 4, 1, 5)));

    private Slot Take_NeedsLock(Func<bool> leave)
    {
        _running++;
        return Hold_NeedsLock(leave);
    }

    private Slot Hold_NeedsLock(Func<bool> leave)
    {
        var slot = new Slot(this, leave);
        _held.Add(slot);
        return slot;
    }

    // A place that is handed over stays counted.
    private void Release_NeedsLock()
    {
        if (_queue.First is { } first)
        {
            _queue.RemoveFirst();
            first.Value.SetResult();
        }
        else
        {
            _running--;
        }
    }

    private sealed class Slot(EncoderSlots slots, Func<bool> leave) : IDisposable
    {
        public bool Leave() => leave();

        public void Dispose()
        {
            lock (slots._lock)
            {
                if (slots._held.Remove(this)) slots.Release_NeedsLock();
            }
        }
    }
}

using System.Threading.Channels;

namespace Gateway.Caching.Eviction;

/// <summary>
/// What the one worker that evicts is asked to do: to have a look (<see cref="Ring"/>), or to make room that somebody waits for. It stands between those who fill the cache
/// and the worker, so that neither has to know the other. The gate protects the requests; whoever waits is told outside of it.
/// </summary>
internal sealed class TrimRequests
{
    private readonly Channel<bool> _bell = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock _gate = new();
    private readonly List<SpaceRequest> _asking = [];
    private bool _isClosed;

    /// <summary>Rings that come together are one. Never blocks.</summary>
    public void Ring() => _bell.Writer.TryWrite(true);

    /// <summary>Asks for room and waits for the pass that is to make it; the room may still not be there. Ends at once when the worker has stopped.</summary>
    public Task AskAsync(long bytes)
    {
        var request = new SpaceRequest(bytes);
        lock (_gate)
        {
            if (_isClosed) return Task.CompletedTask;
            _asking.Add(request);
        }

        Ring();
        return request.Done;
    }

    /// <summary>Completes when somebody has rung since.</summary>
    public async Task WaitAsync(CancellationToken stopping)
    {
        await _bell.Reader.WaitToReadAsync(stopping);
    }

    /// <summary>A pass begins: what has been rung for until now is answered by it.</summary>
    public void Answer() => _bell.Reader.TryRead(out _);

    /// <summary>Takes what was asked for; the pass tells each when it is over.</summary>
    public SpaceRequest[] Take()
    {
        lock (_gate)
        {
            SpaceRequest[] asking = [.. _asking];
            _asking.Clear();
            return asking;
        }
    }

    /// <summary>The worker has stopped: nobody waits for it any more.</summary>
    public void Close()
    {
        lock (_gate) _isClosed = true;
        foreach (var request in Take()) request.Tell();
    }

    /// <summary>Room that somebody waits for.</summary>
    internal sealed class SpaceRequest(long bytes)
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long Bytes => bytes;

        public Task Done => _done.Task;

        /// <summary>The worker has looked.</summary>
        public void Tell() => _done.TrySetResult();
    }
}

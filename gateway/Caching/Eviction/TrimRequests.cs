using System.Threading.Channels;

namespace Gateway.Caching.Eviction;

/// <summary>
/// Requests to the trimmer: to run a pass (<see cref="Signal"/>), or to make space that a caller waits for. The class stands between those who fill the cache
/// and the trimmer, so that neither has to know the other. The gate protects the requests; waiters are completed outside of it.
/// </summary>
internal sealed class TrimRequests
{
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock _gate = new();
    private readonly List<SpaceRequest> _asking = [];
    private bool _isClosed;

    /// <summary>Asks for a pass. Several calls before the pass count as one. Never blocks.</summary>
    public void Signal() => _signals.Writer.TryWrite(true);

    /// <summary>Asks for space and waits for the pass that is to make it; the space may still be missing. Ends at once when the trimmer has stopped.</summary>
    public Task AskAsync(long bytes)
    {
        var request = new SpaceRequest(bytes);
        lock (_gate)
        {
            if (_isClosed) return Task.CompletedTask;
            _asking.Add(request);
        }

        Signal();
        return request.Done;
    }

    /// <summary>Completes when a pass has been asked for.</summary>
    public async Task WaitAsync(CancellationToken stopping)
    {
        await _signals.Reader.WaitToReadAsync(stopping);
    }

    /// <summary>A pass begins: it answers every signal so far.</summary>
    public void Answer() => _signals.Reader.TryRead(out _);

    /// <summary>Takes the space requests; the pass completes each when it is over.</summary>
    public SpaceRequest[] Take()
    {
        lock (_gate)
        {
            SpaceRequest[] asking = [.. _asking];
            _asking.Clear();
            return asking;
        }
    }

    /// <summary>The trimmer has stopped: all waits end.</summary>
    public void Close()
    {
        lock (_gate) _isClosed = true;
        foreach (var request in Take()) request.Tell();
    }

    /// <summary>Space that a caller waits for.</summary>
    internal sealed class SpaceRequest(long bytes)
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long Bytes => bytes;

        public Task Done => _done.Task;

        /// <summary>The pass is over.</summary>
        public void Tell() => _done.TrySetResult();
    }
}

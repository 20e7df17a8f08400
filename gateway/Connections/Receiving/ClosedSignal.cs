namespace Gateway.Connections.Receiving;

/// <summary>That a connection is closed: told once, by the pool, for who is told may take its time.</summary>
/// <param name="tellFault">Hears of a fault of somebody who was told.</param>
internal sealed class ClosedSignal(Action<Exception> tellFault) : IThreadPoolWorkItem, IAsyncDisposable
{
    private readonly CancellationTokenSource _closed = new();
    private readonly TaskCompletionSource _isTold = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isGiven;

    /// <summary>Is cancelled when the connection is closed.</summary>
    public CancellationToken Token => _closed.Token;

    public void Give()
    {
        if (Interlocked.Exchange(ref _isGiven, 1) == 0) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Gives the signal, unless that has been done, and ends when everybody is told.</summary>
    public async ValueTask DisposeAsync()
    {
        Give();
        await _isTold.Task;
        _closed.Dispose();
    }

    void IThreadPoolWorkItem.Execute()
    {
        try
        {
            _closed.Cancel();
        }
        catch (AggregateException e)
        {
            // On a thread of the pool it would end the process.
            tellFault(e);
        }
        finally
        {
            _isTold.SetResult();
        }
    }
}

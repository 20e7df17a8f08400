namespace Gateway.Origin;

/// <summary>
/// The requests under way at one destination, bounded; those beyond the bound wait, and demand goes before prefetch. A prefetch gets at most three quarters of the places and none while
/// demand waits; when a client asks for its object it waits as demand.
/// <para>
/// The bound is a courtesy to the destination and must never be a means against the gateway's other clients: readers that take their time hold places. So demand waits for a short while
/// only, and then goes all the same. A prefetch waits until its starter has enough of it.
/// </para>
/// The gate protects all state; what waits goes on on another thread. A waiter that leaves in the moment in which it gets a place gives it back.
/// </summary>
/// <param name="most">Places.</param>
/// <param name="patience">How long demand waits.</param>
internal sealed class DestinationQueue(int most, TimeSpan patience, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _demand = [];
    private readonly LinkedList<Waiter> _ahead = [];
    private readonly int _mostAhead = Math.Max(1, most * 3 / 4);
    private int _running;

    /// <summary>Requests under way.</summary>
    public int Running
    {
        get
        {
            lock (_gate) return _running;
        }
    }

    /// <summary>Takes a place, at once or later; each is given back with <see cref="Leave"/>.</summary>
    /// <param name="isDemanded">A client waits already.</param>
    /// <param name="demanded">Completes when one does.</param>
    /// <returns>Whether it had to wait.</returns>
    /// <exception cref="OperationCanceledException">The caller has left; then there is no place to give back.</exception>
    public ValueTask<bool> EnterAsync(bool isDemanded, Task? demanded, CancellationToken leaving)
    {
        Waiter waiter;
        lock (_gate)
        {
            if (IsFree(isDemanded))
            {
                _running++;
                return ValueTask.FromResult(false);
            }

            waiter = new Waiter();
            waiter.Node = (isDemanded ? _demand : _ahead).AddLast(waiter);
        }

        return WaitAsync(waiter, isDemanded, demanded, leaving);
    }

    public void Leave()
    {
        lock (_gate)
        {
            _running--;
            while (Next() is { } next)
            {
                _running++;
                next.Node!.List!.Remove(next.Node);
                next.Node = null;
                next.Place.SetResult();
            }
        }
    }

    private bool IsFree(bool isDemanded) => isDemanded ? _running < most && _demand.Count == 0 : _running < _mostAhead && _demand.Count == 0 && _ahead.Count == 0;

    private Waiter? Next() => _demand.First is { } demand ? _running < most ? demand.Value : null
        : _ahead.First is { } ahead && _running < _mostAhead ? ahead.Value
        : null;

    private async ValueTask<bool> WaitAsync(Waiter waiter, bool isDemanded, Task? demanded, CancellationToken leaving)
    {
        try
        {
            if (!isDemanded)
            {
                if (demanded is null) await waiter.Place.Task.WaitAsync(leaving);
                else await Task.WhenAny(waiter.Place.Task, demanded).WaitAsync(leaving);
                if (waiter.Place.Task.IsCompleted) return true;
                Promote(waiter);
            }

            await waiter.Place.Task.WaitAsync(patience, time, leaving);
        }
        catch (TimeoutException)
        {
            TakeBeyond(waiter);
        }
        catch (OperationCanceledException)
        {
            if (!TryLeave(waiter)) Leave();
            throw;
        }

        return true;
    }

    private void Promote(Waiter waiter)
    {
        lock (_gate)
        {
            if (waiter.Node is not { } node) return;
            _ahead.Remove(node);
            if (_running < most && _demand.Count == 0)
            {
                _running++;
                waiter.Node = null;
                waiter.Place.SetResult();
            }
            else
            {
                _demand.AddLast(node);
            }
        }
    }

    private void TakeBeyond(Waiter waiter)
    {
        lock (_gate)
        {
            if (waiter.Node is not { } node) return;
            node.List!.Remove(node);
            waiter.Node = null;
            _running++;
        }
    }

    /// <summary>False when it has got a place meanwhile.</summary>
    private bool TryLeave(Waiter waiter)
    {
        lock (_gate)
        {
            if (waiter.Node is not { } node) return false;
            node.List!.Remove(node);
            waiter.Node = null;
            return true;
        }
    }

    private sealed class Waiter
    {
        public TaskCompletionSource Place { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Null when it waits no longer.</summary>
        public LinkedListNode<Waiter>? Node { get; set; }
    }
}

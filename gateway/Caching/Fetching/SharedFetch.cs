using Gateway.Caching.Eviction;
using Gateway.Caching.Store;
using Gateway.Media;
using Gateway.Origin;

namespace Gateway.Caching.Fetching;

/// <summary>
/// One fetch for many readers. Three verbs: <see cref="Start"/>, join, leave (a <see cref="BodyReader"/>'s Dispose).
/// <para>
/// The fetch runs on its own, on a token of its own: the request that started it is merely its first reader. A reader that leaves ends its own reading and nothing else.
/// Requests for the same object wait with the fetch, for as long as upstream may take by the limits of the fetch itself: there is one request upstream and one response to all.
/// Every waiter learns a named ending from <see cref="Head"/>, exactly once, and every reader learns the body's end from the body.
/// </para>
/// <para><b>States</b> (<see cref="FetchState"/>) and what leads from one to the next; anything else is refused, because another event came first:</para>
/// <code>
///                   Kept     KeptWhileRead     Shared   Passed   Outgrown  Deserted  Over
/// Asking            Keeping  KeepingWhileRead  Sharing  Passing  -         GivenUp   Ended
/// Keeping           -        -                 -        -        Passing   GivenUp   Ended
/// KeepingWhileRead  -        -                 -        -        Passing   GivenUp   Ended
/// Sharing           -        -                 -        -        Passing   GivenUp   Ended
/// Passing           -        -                 -        -        -         GivenUp   Ended
/// GivenUp           -        -                 -        -        -         -         Ended
/// Ended             -        -                 -        -        -         -         -
/// </code>
/// <para><b>When nobody reads</b>, before the head or after, the first of these that holds decides:</para>
/// <code>
///                                        Asking    Keeping   any other
/// the prefetcher still wants it          goes on   goes on   given up
/// it may linger for readers to come back goes on   goes on   given up
/// more than half of its length is in     -         goes on   given up
/// otherwise                              given up  given up  given up
/// </code>
/// <para>
/// <b>Races.</b> The response's events come from the flow of <see cref="Start"/> alone; Deserted may come from any thread at any time. The body's gate decides between giving up,
/// joining and the body's end: exactly one of them comes first, and <see cref="FetchState.GivenUp"/> follows from the body. An entry whose fetch was given up while its response came
/// in is removed again by the flow, which finds its next step refused.
/// </para>
/// <para>
/// A broken body is never in a slot: its entry is removed before its readers learn of the break. A new request that comes between sees the broken body refuse its join,
/// and starts over.
/// </para>
/// </summary>
internal sealed partial class SharedFetch
{
    private readonly CacheParts _parts;
    private readonly CacheIndex _index;
    private readonly CacheSlot _waitedAt;
    private readonly FetchTerms _terms;
    private readonly FetchUrgency _urgency = new();
    private readonly CancellationTokenSource _cancel;
    private readonly CancellationToken _stopping;
    private readonly TaskCompletionSource<FetchHead> _head = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<FetchHead> _starterHead = new();
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _beganIn;
    private long _askedDisk;
    private CacheEntry? _confirms;
    private CacheSlot _cacheSlot;
    private CacheEntry? _entry;
    private int _tries;
    private FetchHead? _told;
    private volatile FetchState _state;
    private volatile bool _isWantedAhead;
    private PrefetchEnding _givenUpAs = PrefetchEnding.GivenUp;

    /// <param name="confirms">A stale entry to be confirmed, on whose body the caller holds a lease; the fetch takes the lease over.</param>
    public SharedFetch(FetchCoalescer coalescer, CacheSlot cacheSlot, CacheRequest request, CacheEntry? confirms, FetchTerms terms)
    {
        _parts = coalescer.Parts;
        _index = coalescer.Index;
        _stopping = coalescer.Stopping;
        _cacheSlot = _waitedAt = cacheSlot;
        _confirms = confirms;
        _terms = terms;
        _isWantedAhead = terms.HasFlag(FetchTerms.Unattended);
        _cancel = CancellationTokenSource.CreateLinkedTokenSource(_stopping);
        if (request.Purpose != FetchPurpose.Prefetch) _urgency.Demand(request.Buffer);
        Request = request;
        AskedIn = _beganIn = cacheSlot.Generation;
        Body = new MediaBody(_parts.Pool, _parts.Budget, _parts.Clock, _parts.Options.StreamWindowBytes) { Deserted = OnDeserted };
    }

    /// <summary>The request; becomes that for the whole object when upstream answers a slice request with the whole.</summary>
    public CacheRequest Request { get; private set; }

    public MediaBody Body { get; }

    /// <summary>The slot's generation when the request went upstream.</summary>
    public int AskedIn { get; private set; }

    public FetchState State => _state;

    /// <summary>The head and its ending, as soon as they are known. Never faults.</summary>
    public Task<FetchHead> Head => _head.Task;

    /// <summary>
    /// The same for the starter alone, who goes on within the fetch's own flow as soon as the first bytes are in: on its way to the client a miss changes no thread. A thousand followers doing so would hold the body up; so would a starter that is done before the body is (<see cref="CacheRequest.ReadsToTheEnd"/>).
    /// </summary>
    public Task<FetchHead> StarterHead => _starterHead.Task;

    /// <summary>Completes, never faulted, when the fetch has released everything.</summary>
    public Task Over => _over.Task;

    private bool IsAhead => _terms.HasFlag(FetchTerms.Ahead);

    /// <summary>The starter's reader.</summary>
    public BodyReader Join() => Body.TryJoin() ?? throw new InvalidOperationException("A fetch cannot be given up before it has started.");

    /// <summary>
    /// A reader for another request for the same object, before the head or, as long as the response is shared and not stored, after it; called under the gate of the slot in which the fetch
    /// waits. Null when the fetch is over, being given up, or has turned out to be for another selection.
    /// </summary>
    public BodyReader? JoinUnderGate(ReadOnlySpan<HeaderLine> fields) =>
        Volatile.Read(ref _entry) is { } entry && !entry.Vary.Fits(fields) ? null : Body.TryJoin();

    /// <summary>A client has joined: from here on a prefetch is admitted like any demand, and upstream is asked with demand's priority.</summary>
    /// <param name="buffer">Media that the client has left to play, where it tells.</param>
    public void Demand(TimeSpan? buffer) => _urgency.Demand(buffer);

    /// <summary>
    /// The prefetcher no longer wants it: it is given up unless a client has joined, or most of it is in. From now on its readers decide, as with a fetch
    /// that a client started; so a prefetch that took too long (<see cref="PrefetchEnding.Failed"/>) lingers, for its player will ask any moment.
    /// </summary>
    /// <param name="ending">The outcome to count, if it is given up.</param>
    public void Abandon(PrefetchEnding ending)
    {
        _givenUpAs = ending;
        _isWantedAhead = false;
        if (ending != PrefetchEnding.Failed || Body.IsRead || !TryLinger()) TryGiveUp();
    }

    /// <summary>Its linger time is over, or memory is short.</summary>
    public void LingeredEnough()
    {
        _parts.Lingering.Forget(this);
        TryGiveUp();
    }

    /// <summary>Runs the fetch. It reports through <see cref="Head"/> and <see cref="Body"/>; the returned task completes when everything was released.</summary>
    public async Task Start()
    {
        try
        {
            await RunAsync();
        }
        catch (OperationCanceledException) when (_cancel.IsCancellationRequested)
        {
            End(_stopping.IsCancellationRequested ? OriginFailure.Stopping : OriginFailure.Cancelled);
        }
        catch (OriginBrokenException e)
        {
            Log.BodyBroke(_parts.Log, Request.Address, Body.Available, e.Failure);
            End(e.Failure);
        }
        catch (Exception e)
        {
            Log.FetchFailed(_parts.Log, Request.Address, e);
            End(OriginFailure.Protocol);
        }
        finally
        {
            TryMove(FetchEvent.Over);
            _waitedAt.Ended(this);
            // Addresses that clients invent must leave nothing behind.
            _index.Tidy(_waitedAt);
            if (_cacheSlot != _waitedAt) _index.Tidy(_cacheSlot);
            _confirms?.Body.Release();
            // A reference to this fetch must not keep the replaced entry alive.
            _confirms = null;
            Body.Release();
            _parts.Lingering.Forget(this);
            _cancel.Dispose();
            _over.SetResult();
            // Where there was no body to wait for: refused, confirmed, from disk, or all in one piece.
            TellStarter();
        }
    }

    private bool TryMove(FetchEvent happened)
    {
        while (true)
        {
            var from = State;
            if (FetchTransitions.Next(from, happened) is not { } to) return false;
            if (Interlocked.CompareExchange(ref _state, to, from) == from) return true;
        }
    }

    /// <summary>Called by the body when its last reader left, on that reader's thread.</summary>
    private void OnDeserted()
    {
        if (_isWantedAhead && FetchTransitions.MayGoOnUnread(State)) return;
        if (!TryLinger()) TryGiveUp();
    }

    /// <summary>Goes on for readers that may come back; only where they find it: waiting in its slot, or stored.</summary>
    private bool TryLinger() =>
        _terms.HasFlag(FetchTerms.Joinable)
        && FetchTransitions.MayGoOnUnread(State)
        && _parts.Budget.Pressure != CachePressure.Critical
        && _parts.Lingering.TryKeep(this)
        && !HasEndedMeanwhile();

    /// <summary>The fetch releases its lingering place at its end: one that it got afterwards would never be released.</summary>
    private bool HasEndedMeanwhile()
    {
        if (State != FetchState.Ended) return false;
        _parts.Lingering.Forget(this);
        return true;
    }

    /// <summary>Asked before a retry: without readers there is none, and nobody joins from then on.</summary>
    private bool IsNotWorthAnotherTry() => !_isWantedAhead && TryGiveUp();

    /// <summary>Gives the fetch up; false when it has readers, when it is to be finished all the same, or is over.</summary>
    private bool TryGiveUp()
    {
        if (!Body.TryGiveUp(FetchTransitions.IsFinishedWhenMostIsIn(State))) return false;
        TryMove(FetchEvent.Deserted);
        LeaveSlot();
        try
        {
            _ = _cancel.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The fetch ended in the same moment.
        }

        return true;
    }

    /// <summary>Announces the head to the waiters. A shared response that is laid out whole can be joined until its end; any other leaves the slot.</summary>
    private void Announce(FetchHead head)
    {
        if (head.Ending != FetchEnding.Shared || !Body.IsOpen) _waitedAt.Settle(this);
        Tell(head);
    }

    /// <summary>Announces an entry over bytes that are there already. Its waiters go over to those in their own time; until then no eviction or purge may free them, or each would have to ask upstream again.</summary>
    private void Announce(FetchEnding ending, CacheEntry entry, PassReason reason, int? status, OriginFailure? failure = null)
    {
        Body.KeepForReaders(entry.Body);
        Announce(new FetchHead(ending, entry, reason, status, failure));
    }

    /// <summary>Called by the fetch's own flow; the first head counts.</summary>
    private void Tell(FetchHead head)
    {
        _told ??= head with { Tries = _tries };
        _head.TrySetResult(_told);
    }

    /// <summary>The starter goes on within this call, until it has to wait for bytes or for its client. May come again.</summary>
    private void TellStarter()
    {
        if (_told is { } head) _starterHead.TrySetResult(head);
    }

    private void End(OriginFailure failure)
    {
        LeaveSlot();
        if (IsAhead) EndWait(failure is OriginFailure.Cancelled or OriginFailure.Stopping ? _givenUpAs : PrefetchEnding.Failed);
        Tell(new FetchHead(FetchEnding.Failed, null, PassReason.None, null, failure));
        Body.Break(failure);
    }

    private void EndWait(PrefetchEnding ending)
    {
        if (_entry is { } entry) _parts.EndWait(entry, ending);
        else _parts.Ended?.Invoke(ending, 0);
    }

    private void LeaveSlot()
    {
        _waitedAt.Settle(this);
        if (Volatile.Read(ref _entry) is not { } entry) return;
        _cacheSlot.Remove(entry, _parts.Budget);
        _parts.Disk?.Forget(entry);
    }

    private static partial class Log
    {
        [LoggerMessage(3001, LogLevel.Warning, "Body of '{Address}' broke off after {Bytes} bytes: {Failure}.", EventName = nameof(BodyBroke))]
        public static partial void BodyBroke(ILogger log, MediaAddress address, long bytes, OriginFailure failure);

        [LoggerMessage(3002, LogLevel.Error, "Fetch of '{Address}' failed with an unexpected exception.", EventName = nameof(FetchFailed))]
        public static partial void FetchFailed(ILogger log, MediaAddress address, Exception exception);
    }
}

using Gateway.Caching.Fetching;
using Gateway.Caching.Store;
using Gateway.Origin;

namespace Gateway.Caching.Outages;

/// <summary>
/// One request's patience with an origin that is away, from its first try to its reply. It costs nothing but itself until something fails.
/// <para>
/// Each failed try is followed by a wait in <see cref="OriginOutages"/>. What ends the wait says how the next try is made (<see cref="Terms"/>); an answer that does not say "away", whatever it is, is the client's. Where upstream
/// answers for the title again, twice, and both times not for this object, the object is broken and the origin is not: it is refused as it would be without patience.
/// </para>
/// </summary>
/// <remarks>Used by one flow of control. Disposed with the request, it counts what became of it, and gives a try back that nobody finished.</remarks>
internal sealed class OutageHold(OriginOutages outages, CacheRequest request) : IDisposable
{
    /// <summary>Signs of life, each after a failure and before another one, after which a failure is the object's own. One may have been on its way when the origin went.</summary>
    private const int EnoughSigns = 2;

    private readonly long _began = request.WaitsSince ??= outages.Time.GetTimestamp();
    private TitleOutage? _tries;
    private HoldOutcome? _outcome;
    private bool _wasHeld;
    private int _signs;

    /// <summary>How the next fetch is to ask: as usual, once on behalf of all, or not at all where the title is known to be away.</summary>
    public FetchTerms Terms => _tries is not null ? FetchTerms.Once : outages.IsAway(request) ? FetchTerms.HeldElsewhere : FetchTerms.None;

    /// <summary>Waits after a failure; false when the failure is the client's reply (<see cref="Refused"/>).</summary>
    /// <exception cref="OperationCanceledException"><paramref name="leaving"/>.</exception>
    public async ValueTask<bool> TryWaitAsync(FetchHead failed, CancellationToken leaving)
    {
        var tried = _tries;
        // It met one who only looked elsewhere: nothing has been asked yet, and it may be.
        var isUnasked = failed.Tries == 0;
        if (isUnasked && (tried is not null || !outages.IsAway(request))) return true;
        _tries = null;
        if (_signs >= EnoughSigns && !isUnasked)
        {
            if (tried is not null) outages.Tried(tried);
            _outcome = HoldOutcome.Failed;
            return false;
        }

        var left = outages.Patience - outages.Time.GetElapsedTime(_began);
        _wasHeld |= left > TimeSpan.Zero;
        var (step, outage) = await outages.WaitAsync(request, tried, left, leaving);
        switch (step)
        {
            case HoldStep.Try:
                _tries = outage;
                return true;
            case HoldStep.Answered:
                if (!isUnasked) _signs++;
                return true;
            default:
                _outcome = step switch { HoldStep.Expired => HoldOutcome.Expired, HoldStep.Refused => HoldOutcome.Refused, _ => HoldOutcome.Stopped };
                return false;
        }
    }

    /// <summary>A fetch brought something else than "away".</summary>
    public void Ended(FetchHead head)
    {
        // Of a try it does not matter who answered: what had just failed came.
        if (_tries is not null && OutageSigns.IsAlive(head)) outages.Answered(request, isByUpstream: true);
    }

    public void Replied() => _outcome = HoldOutcome.Answered;

    /// <summary>The last failure as a reply.</summary>
    public EmptyReply Refused(FetchHead head, ForwardReason forward, bool started)
    {
        var failure = _outcome == HoldOutcome.Stopped ? OriginFailure.Stopping : head.Failure;
        return new EmptyReply
        {
            Result = failure is null ? CacheResult.Passed : CacheResult.Failed,
            Failure = failure,
            Answer = failure is null ? head.Entry?.Head : null,
            Forward = forward,
            ForwardStatus = head.Status,
            Tries = head.Tries,
            Collapsed = !started,
        };
    }

    public void Dispose()
    {
        if (_tries is { } outage) outages.Tried(outage);
        if (_wasHeld) outages.Metrics.Ended(_outcome ?? HoldOutcome.Left);
    }
}

using Gateway.Caching.Store;
using Gateway.Media;
using Gateway.Origin;

namespace Gateway.Caching.Outages;

/// <summary>
/// The titles that upstream does not answer for, and the requests that wait for them (<see cref="OutageHold"/>).
/// <para>
/// A request that failed waits in its title's list. At each <see cref="OutageOptions.TryInterval"/> the first in the list asks upstream, once, unless another one still does; if that fails too it goes to the list's end. So
/// an outage costs upstream a request a second and title, however many players wait, and an origin's circuit less. The first sign of life, whoever got it, sends all of the title's list on. An object that fails
/// all the same is broken by itself: its request does not wait any more (<see cref="OutageHold"/>).
/// </para>
/// <para>
/// Who waits alone may wait for nothing, if it is the object that is broken. So where upstream answers 502, 503 or 504, one HEAD asks for what it gave last of the title (<see cref="TitleWitnesses"/>): that is the sign of
/// life, or the proof that it is away.
/// </para>
/// <para>While a title is certainly away, requests that do not wait are not repeated, and prefetches of it ask upstream nothing: what is fetched ahead must not take the tries of what is waited for.</para>
/// </summary>
/// <remarks>
/// Thread-safe. The gate protects all state; requests are sent on outside of it. Four things may end a wait at the same moment (its turn, life, its time, its client): the one that takes it from the list under the gate does.
/// With no outage a look costs one read.
/// </remarks>
internal sealed partial class OriginOutages : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Cluster, string Title), TitleOutage> _titles = [];
    private readonly TitleWitnesses _witnesses = new();
    private readonly FetchUpstream _fetch;
    private readonly OutageOptions _options;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stopping;
    private readonly ILogger _log;
    private int _count;
    private int _held;

    /// <param name="fetch">Asks upstream.</param>
    /// <param name="stopping">Cancelled when the gateway stops: nobody waits from then on.</param>
    public OriginOutages(FetchUpstream fetch, OutageOptions options, TimeProvider time, OutageMetrics metrics, ILogger log, CancellationToken stopping)
    {
        _fetch = fetch;
        _options = options;
        _time = time;
        _stopping = stopping;
        _log = log;
        Metrics = metrics;
        metrics.Watch(() => Held);
    }

    public OutageMetrics Metrics { get; }

    /// <summary>Requests that wait.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <summary>Titles that are away.</summary>
    public int Count => Volatile.Read(ref _count);

    public TimeSpan Patience => _options.Patience;

    /// <summary>Whether requests wait at all.</summary>
    public bool IsOn => _options.Patience > TimeSpan.Zero;

    public TimeProvider Time => _time;

    /// <summary>Whether upstream is known not to answer for anything of the request's title.</summary>
    public bool IsAway(CacheRequest request)
    {
        if (Count == 0) return false;
        lock (_gate) return _titles.TryGetValue(KeyOf(request), out var outage) && outage.IsCertain;
    }

    /// <summary>There was an answer for something of the request's title.</summary>
    /// <param name="status">With which status.</param>
    /// <param name="isByUpstream">False where another gateway did, which may have held it: that is no sign of life.</param>
    public void Answered(CacheRequest request, int status, bool isByUpstream)
    {
        if (!IsOn) return;
        var name = KeyOf(request);
        if (status is >= 200 and < 300 && request is { Rules.KeptByDefault: true, Fields.Length: 0 }) _witnesses.Note(name.Cluster, name.Title, request.Address);
        if (isByUpstream && Count > 0) Answered(name);
    }

    private void Answered((string Cluster, string Title) name)
    {
        TitleOutage? over;
        lock (_gate)
        {
            if (!_titles.TryGetValue(name, out over)) return;
            EndUnderGate(over);
            _held -= over.Waiting.Count;
            foreach (var held in over.Waiting) held.Place = null;
        }

        LogBack(_log, over.Cluster, over.Title, over.Waiting.Count);
        // Whoever waits is in this list alone now, which nobody changes any more.
        foreach (var held in over.Waiting) held.SetResult(HoldStep.Answered);
    }

    /// <summary>Waits until the request is to go on, or not.</summary>
    /// <param name="request">One that failed.</param>
    /// <param name="tried">The outage for which it has just tried in vain; null for none.</param>
    /// <param name="isAnswered">Upstream, or who stands before it, answered that it cannot.</param>
    /// <param name="left">Time that it has.</param>
    /// <returns>What to do, and the outage that a try would be for.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="leaving"/>.</exception>
    public async ValueTask<(HoldStep Step, TitleOutage? Outage)> WaitAsync(CacheRequest request, TitleOutage? tried, bool isAnswered, TimeSpan left, CancellationToken leaving)
    {
        if (_stopping.IsCancellationRequested) return Without(tried, HoldStep.Stopped);
        if (left <= TimeSpan.Zero) return Without(tried, HoldStep.Expired);
        if (Enter(request, tried, out var isFirst) is not { } held) return (HoldStep.Refused, null);
        if (isFirst) LogAway(_log, held.Outage.Cluster, held.Outage.Title);
        if (isFirst && isAnswered && _witnesses.TryFind(held.Outage.Cluster, held.Outage.Title, out var witness) && witness != request.Address) _ = AskAsync(held.Outage, witness);
        await using var timer = _time.CreateTimer(static held => End((HeldRequest)held!, HoldStep.Expired), held, left, Timeout.InfiniteTimeSpan);
        await using var stops = _stopping.UnsafeRegister(static held => End((HeldRequest)held!, HoldStep.Stopped), held);
        await using var leaves = leaving.UnsafeRegister(static (held, leaving) => Leave((HeldRequest)held!, leaving), held);
        return (await held.Task, held.Outage);
    }

    /// <summary>A try has ended without a sign of life, and its request waits no longer.</summary>
    public void Tried(TitleOutage outage)
    {
        lock (_gate) TriedUnderGate(outage);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var outage in _titles.Values) outage.Timer?.Dispose();
        }
    }

    private static (string Cluster, string Title) KeyOf(CacheRequest request) => (request.Address.Cluster, request.TitleOrDirectory);

    private static void End(HeldRequest held, HoldStep step)
    {
        if (held.Outages.TryTake(held)) held.SetResult(step);
    }

    private static void Leave(HeldRequest held, CancellationToken leaving)
    {
        if (held.Outages.TryTake(held)) held.SetCanceled(leaving);
    }

    /// <summary>Asks for what upstream gave last of a title.</summary>
    private async Task AskAsync(TitleOutage outage, MediaAddress witness)
    {
        try
        {
            await using var reply = await _fetch(new OriginRequest { Address = witness, Title = outage.Title, HeadOnly = true, Effort = FetchEffort.Once }, _stopping);
            if (OutageSigns.IsAlive(reply)) Answered((outage.Cluster, outage.Title));
            else lock (_gate) outage.IsCertain = true;
        }
        catch (OperationCanceledException)
        {
            // The gateway stops, and whoever waits has been told.
        }
        catch (Exception e)
        {
            LogUnasked(_log, e);
        }
    }

    private (HoldStep Step, TitleOutage? Outage) Without(TitleOutage? tried, HoldStep step)
    {
        if (tried is not null) Tried(tried);
        return (step, null);
    }

    private HeldRequest? Enter(CacheRequest request, TitleOutage? tried, out bool isFirst)
    {
        isFirst = false;
        lock (_gate)
        {
            HeldRequest? held = null;
            if (_held < _options.MaxHeld)
            {
                var outage = FindOrAddUnderGate(request, out isFirst);
                held = new HeldRequest(this, outage);
                held.Place = outage.Waiting.AddLast(held);
                _held++;
            }

            if (tried is not null) TriedUnderGate(tried);
            return held;
        }
    }

    private TitleOutage FindOrAddUnderGate(CacheRequest request, out bool isFirst)
    {
        var (name, key) = (KeyOf(request), CacheKey.Of(request));
        isFirst = !_titles.TryGetValue(name, out var outage);
        if (outage is null)
        {
            _titles[name] = outage = new TitleOutage(name.Cluster, name.Title, key);
            _count = _titles.Count;
            outage.Timer = _time.CreateTimer(static tick => Tick(((OriginOutages, TitleOutage))tick!), (this, outage), _options.TryInterval, _options.TryInterval);
        }

        outage.Failed(key);
        return outage;
    }

    private static void Tick((OriginOutages Outages, TitleOutage Outage) ticking) => ticking.Outages.LetTry(ticking.Outage);

    /// <summary>The next one in the list tries.</summary>
    private void LetTry(TitleOutage outage)
    {
        HeldRequest next;
        lock (_gate)
        {
            if (outage.IsTried || outage.Waiting.First is not { } first || first.Value.Place is null) return;
            next = first.Value;
            TakeUnderGate(next);
            outage.IsTried = true;
        }

        next.SetResult(HoldStep.Try);
    }

    /// <summary>Takes a request from its list; false when it waits no longer.</summary>
    private bool TryTake(HeldRequest held)
    {
        lock (_gate)
        {
            if (held.Place is null) return false;
            TakeUnderGate(held);
            ForgetUnderGate(held.Outage);
            return true;
        }
    }

    private void TakeUnderGate(HeldRequest held)
    {
        held.Outage.Waiting.Remove(held.Place!);
        held.Place = null;
        _held--;
    }

    private void TriedUnderGate(TitleOutage outage)
    {
        outage.IsTried = false;
        ForgetUnderGate(outage);
    }

    /// <summary>An outage for which nobody waits is none: whoever asks next finds out anew.</summary>
    private void ForgetUnderGate(TitleOutage outage)
    {
        if (outage.Waiting.Count == 0 && !outage.IsTried) EndUnderGate(outage);
    }

    private void EndUnderGate(TitleOutage outage)
    {
        outage.Timer?.Dispose();
        var name = (outage.Cluster, outage.Title);
        if (_titles.TryGetValue(name, out var standing) && standing == outage) _titles.Remove(name);
        _count = _titles.Count;
    }

    [LoggerMessage(3052, LogLevel.Error, "Whether an origin is away could not be asked.", EventName = nameof(LogUnasked))]
    private static partial void LogUnasked(ILogger log, Exception exception);

    [LoggerMessage(3050, LogLevel.Warning, "Requests wait: '{Cluster}' does not answer for '{Title}'.", EventName = nameof(LogAway))]
    private static partial void LogAway(ILogger log, string cluster, string title);

    [LoggerMessage(3051, LogLevel.Information, "'{Cluster}' answers for '{Title}' again, {Requests} requests go on.", EventName = nameof(LogBack))]
    private static partial void LogBack(ILogger log, string cluster, string title, int requests);
}

using Gateway.Caching.Store;
using Gateway.Origin;

namespace Gateway.Caching.Outages;

/// <summary>
/// The titles that upstream does not answer for, and the requests that wait for them (<see cref="OutageHold"/>).
/// <para>
/// A request that failed waits in its title's list (<see cref="TitleOutage"/>). At each <see cref="OutageOptions.TryInterval"/> one of the list asks upstream, once, or the gateway itself asks for what upstream gave last of
/// the title (<see cref="TitleWitnesses"/>). So an outage costs upstream a request a second and title, however many players wait, and an origin's circuit less. The first sign of life, whoever got it, sends all of the title's
/// list on. An object that fails all the same is broken by itself: its request does not wait any more (<see cref="OutageHold"/>).
/// </para>
/// <para>
/// What a client asks for may fail because of what it asks for. So however many requests fail, their title is away for certain only when what upstream gave before fails as well, which is asked for as soon as the first one
/// waits. While a title is certainly away, whoever comes waits without having asked, requests that do not wait are not repeated, and prefetches ask upstream nothing: what is fetched ahead must not take the tries of
/// what is waited for. Until then a failure is the matter of the request that has it, and of nobody else.
/// </para>
/// </summary>
/// <remarks>Thread-safe. State is the <see cref="OutageTable"/>'s; requests go upstream, and those that waited go on, outside of its gate.</remarks>
internal sealed partial class OriginOutages : IDisposable
{
    private readonly OutageTable _table;
    private readonly TitleWitnesses _witnesses = new();
    private readonly WitnessQuestion _question;
    private readonly OutageOptions _options;
    private readonly CancellationToken _stopping;
    private readonly ILogger _log;

    /// <param name="fetch">Asks upstream.</param>
    /// <param name="stopping">Cancelled when the gateway stops: nobody waits from then on.</param>
    public OriginOutages(FetchUpstream fetch, OutageOptions options, TimeProvider time, OutageMetrics metrics, ILogger log, CancellationToken stopping)
    {
        _table = new OutageTable(options.MaxHeld, outage => time.CreateTimer(static tick => Tick(((OriginOutages, TitleOutage))tick!), (this, outage), options.TryInterval, options.TryInterval));
        _question = new WitnessQuestion(fetch, log, stopping);
        _options = options;
        _stopping = stopping;
        _log = log;
        Time = time;
        Metrics = metrics;
        metrics.Watch(() => Held);
    }

    public OutageMetrics Metrics { get; }

    public TimeProvider Time { get; }

    /// <summary>Requests that wait.</summary>
    public int Held => _table.Held;

    /// <summary>Titles of which some wait.</summary>
    public int Count => _table.Count;

    public TimeSpan Patience => _options.Patience;

    /// <summary>Whether requests wait at all.</summary>
    public bool IsOn => _options.Patience > TimeSpan.Zero;

    /// <summary>Whether upstream is known not to answer for anything of the request's title.</summary>
    public bool IsAway(CacheRequest request) => Count > 0 && _table.IsCertain(OutageKey.Of(request));

    /// <summary>Something of the request's title came.</summary>
    /// <param name="isByUpstream">False where another gateway gave it, which may have held it: that is no sign of life.</param>
    public void Answered(CacheRequest request, bool isByUpstream)
    {
        if (!IsOn) return;
        var key = OutageKey.Of(request);
        if (request is { Rules.KeptByDefault: true, Fields.Length: 0, Partition: "", HeadOnly: false }) _witnesses.Note(key, CacheKey.Of(request));
        if (isByUpstream && Count > 0 && _table.Find(key) is { } outage) SendOn(outage);
    }

    /// <summary>Waits until the request is to go on, or not.</summary>
    /// <param name="request">One that failed.</param>
    /// <param name="tried">The outage for which it has just tried in vain; null for none.</param>
    /// <param name="left">Time that it has.</param>
    /// <returns>What to do, and the outage that a try would be for.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="leaving"/>.</exception>
    public async ValueTask<(HoldStep Step, TitleOutage? Outage)> WaitAsync(CacheRequest request, TitleOutage? tried, TimeSpan left, CancellationToken leaving)
    {
        if (_stopping.IsCancellationRequested) return Without(tried, HoldStep.Stopped);
        if (left <= TimeSpan.Zero) return Without(tried, HoldStep.Expired);
        var key = OutageKey.Of(request);
        if (_table.Enter(key, _witnesses.Find(key, CacheKey.Of(request)), tried, out var isFirst) is not { } held) return (HoldStep.Refused, null);
        // Where nothing is known of a title nobody else can be asked, and the request's own failure is all that there is to tell.
        if (isFirst && !TryAskWitness(held.Outage, isFirst)) TellAway(held.Outage);
        await using var timer = Time.CreateTimer(static held => ((HeldRequest)held!).End(HoldStep.Expired), held, left, Timeout.InfiniteTimeSpan);
        await using var stops = _stopping.UnsafeRegister(static held => ((HeldRequest)held!).End(HoldStep.Stopped), held);
        await using var leaves = leaving.UnsafeRegister(static (held, leaving) => ((HeldRequest)held!).Leave(leaving), held);
        return (await held.Task, held.Outage);
    }

    /// <summary>A try has ended without a sign of life, and its request waits no longer.</summary>
    public void Tried(TitleOutage outage) => _table.Tried(outage);

    public void Dispose() => _table.Stop();

    private static void Tick((OriginOutages Outages, TitleOutage Outage) ticking)
    {
        var (outages, outage) = ticking;
        if (outages._table.LetTry(outage) is { } next) next.SetResult(HoldStep.Try);
        else outages.TryAskWitness(outage, isFirst: false);
    }

    private (HoldStep Step, TitleOutage? Outage) Without(TitleOutage? tried, HoldStep step)
    {
        if (tried is not null) Tried(tried);
        return (step, null);
    }

    private bool TryAskWitness(TitleOutage outage, bool isFirst)
    {
        if (!_table.TryAskWitness(outage, isFirst)) return false;
        _ = AskWitnessAsync(outage);
        return true;
    }

    private async Task AskWitnessAsync(TitleOutage outage)
    {
        var sign = await _question.AskAsync(outage.Witness!.Value, outage.Key.Title);
        _table.WitnessAnswered(outage, sign);
        if (sign == UpstreamSign.Alive) SendOn(outage);
        else if (sign == UpstreamSign.Away) TellAway(outage);
    }

    /// <summary>Upstream answers for a title: whoever waits goes on.</summary>
    private void SendOn(TitleOutage outage)
    {
        if (_table.End(outage) is not { } waiting) return;
        if (_table.TryTell(outage, isAway: false)) LogBack(_log, outage.Key.Cluster, outage.Key.Title, waiting.Length);
        foreach (var held in waiting) held.SetResult(HoldStep.Answered);
    }

    /// <summary>Tells the operator once. Of one object that is broken he is not told, whose client may ask for it as often as he likes.</summary>
    private void TellAway(TitleOutage outage)
    {
        if (_table.TryTell(outage, isAway: true)) LogAway(_log, outage.Key.Cluster, outage.Key.Title);
    }

    // Next free id: 3053 (3052: WitnessQuestion).
    [LoggerMessage(3050, LogLevel.Warning, "Requests wait: '{Cluster}' does not answer for '{Title}'.", EventName = nameof(LogAway))]
    private static partial void LogAway(ILogger log, string cluster, string title);

    [LoggerMessage(3051, LogLevel.Information, "'{Cluster}' answers for '{Title}' again, {Requests} requests go on.", EventName = nameof(LogBack))]
    private static partial void LogBack(ILogger log, string cluster, string title, int requests);
}

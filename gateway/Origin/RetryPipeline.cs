using Polly;
using Polly.Hedging;
using Polly.Retry;

namespace Gateway.Origin;

/// <summary>
/// Retries failed tries: after n × <see cref="OriginOptions.RetryDelay"/> and some jitter, or after the longer wait of the
/// origin's Retry-After, as long as the next try fits into the rest of the fetch's budget. Only heads are retried: once a reply is handed
/// out its body is the reader's, and a break in it is final.
/// </summary>
/// <remarks>
/// With <see cref="OriginOptions.Hedging"/> each try may become two at once: when no head has come within the 95th percentile of the
/// cluster's recent ones (or the try has failed), another destination gets the request as well. The first good head wins, the other is cancelled.
/// </remarks>
internal sealed partial class RetryPipeline
{
    private static readonly ResiliencePropertyKey<FetchAttempts> FetchKey = new("fetch");

    private readonly ResiliencePipeline<Exchange> _plain;
    private readonly ResiliencePipeline<Exchange> _hedged;
    private readonly OriginOptions _options;
    private readonly OriginMetrics _metrics;
    private readonly FirstByteTimes _firstBytes;
    private readonly Random _random;
    private readonly ILogger<RetryPipeline> _logger;

    public RetryPipeline(OriginOptions options, OriginMetrics metrics, FirstByteTimes firstBytes, TimeProvider time, Random random, ILogger<RetryPipeline> logger)
    {
        _options = options;
        _metrics = metrics;
        _firstBytes = firstBytes;
        _random = random;
        _logger = logger;
        _plain = Pipeline(time).Build();
        _hedged = Pipeline(time).AddHedging(new HedgingStrategyOptions<Exchange>
        {
            MaxHedgedAttempts = 1,
            // A response with Retry-After is a response.
            ShouldHandle = static args => ValueTask.FromResult(args.Outcome.Result is { IsWorthRetrying: true, RetryAfter: null }),
            DelayGenerator = args => ValueTask.FromResult(HedgeAfter(args.Context)),
            OnHedging = OnHedging,
        }).Build();
    }

    /// <summary>Runs tries until one succeeds, a retry is pointless, or none is left. The caller disposes the exchange.</summary>
    /// <param name="attempts">The request and its tries so far.</param>
    /// <param name="once">One try.</param>
    /// <param name="hedge">Whether there is a second destination for a hedged request.</param>
    /// <param name="cancellation">The caller's cancellation, also observed while waiting.</param>
    public async ValueTask<Exchange> RunAsync(
        FetchAttempts attempts, Func<FetchAttempts, CancellationToken, ValueTask<Exchange>> once, bool hedge, CancellationToken cancellation)
    {
        if (attempts.Request.Verbatim) return await once(attempts, cancellation);
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, cancellation);
        try
        {
            context.Properties.Set(FetchKey, attempts);
            var outcome = await (hedge && IsHedgeable(attempts) ? _hedged : _plain).ExecuteOutcomeAsync(
                static async (context, state) => Outcome.FromResult(await state.once(state.attempts, context.CancellationToken)),
                context,
                (attempts, once));
            if (outcome.Exception is OperationCanceledException) return Exchange.Failed(OriginFailure.Cancelled);
            outcome.ThrowIfException();
            return outcome.Result!;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private ResiliencePipelineBuilder<Exchange> Pipeline(TimeProvider time)
    {
        var builder = new ResiliencePipelineBuilder<Exchange> { TimeProvider = time };
        if (_options.Retries == 0) return builder;
        return builder.AddRetry(new RetryStrategyOptions<Exchange>
        {
            MaxRetryAttempts = _options.Retries,
            ShouldHandle = args => ValueTask.FromResult(ShouldTryAgain(args)),
            DelayGenerator = args => ValueTask.FromResult<TimeSpan?>(DelayBefore(args.AttemptNumber + 1, args.Outcome.Result!)),
            OnRetry = OnRetry,
        });
    }

    /// <summary>Whether hedging applies: no client waits for a prefetch, and a request that upstream is meant to hold is not slow.</summary>
    private bool IsHedgeable(FetchAttempts attempts) =>
        _options.Hedging
        && attempts.Request.Purpose != FetchPurpose.Prefetch
        && attempts.Request.FirstByteLimit is null
        && _firstBytes.P95(attempts.Address.Cluster) is not null;

    private TimeSpan HedgeAfter(ResilienceContext context)
    {
        var usual = _firstBytes.P95(context.Properties.GetValue(FetchKey, null!).Address.Cluster);
        return usual > _options.HedgingMinimumDelay ? usual.Value : _options.HedgingMinimumDelay;
    }

    private bool ShouldTryAgain(RetryPredicateArguments<Exchange> args)
    {
        if (args.Outcome.Result is not { IsWorthRetrying: true } exchange) return false;
        var attempts = args.Context.Properties.GetValue(FetchKey, null!);
        // The full jitter counts: whether there is time for a retry must not depend on chance.
        return Wait(args.AttemptNumber + 1, exchange) + _options.RetryJitter < attempts.Remaining;
    }

    private TimeSpan DelayBefore(int retry, Exchange failed)
    {
        double jitter;
        lock (_random) jitter = _random.NextDouble();
        return Wait(retry, failed) + (_options.RetryJitter * jitter);
    }

    private TimeSpan Wait(int retry, Exchange failed)
    {
        var own = _options.RetryDelay * retry;
        return failed.RetryAfter is { } asked && asked > own ? asked : own;
    }

    private ValueTask OnRetry(OnRetryArguments<Exchange> args)
    {
        var failed = args.Outcome.Result!;
        if (failed.Answered) failed.BodyEnded();
        failed.Dispose();
        var attempts = args.Context.Properties.GetValue(FetchKey, null!);
        attempts.WillTryAgain();
        _metrics.Retried(attempts.Request.Purpose, failed.Outcome);
        LogRetry(_logger, args.AttemptNumber + 1, attempts.Address.Cluster, failed.Outcome, args.RetryDelay.TotalMilliseconds);
        return default;
    }

    private ValueTask OnHedging(OnHedgingArguments<Exchange> args)
    {
        var attempts = args.PrimaryContext.Properties.GetValue(FetchKey, null!);
        _metrics.Hedged(attempts.Request.Purpose);
        LogHedge(_logger, attempts.Address.Cluster);
        return default;
    }

    [LoggerMessage(1120, LogLevel.Information, "Try {Try} at '{Cluster}' ended with {Outcome}, the next one is in {DelayMs:0} ms")]
    private static partial void LogRetry(ILogger logger, int @try, string cluster, ExchangeOutcome outcome, double delayMs);

    [LoggerMessage(1121, LogLevel.Debug, "'{Cluster}' is slower than usual, the request also goes to a second destination")]
    private static partial void LogHedge(ILogger logger, string cluster);
}

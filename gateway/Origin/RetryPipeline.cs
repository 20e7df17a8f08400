using Polly;
using Polly.Retry;

namespace Gateway.Origin;

/// <summary>
/// Retries failed tries: after n × <see cref="OriginOptions.RetryDelay"/> and some jitter, or after the longer wait of the
/// origin's Retry-After, as long as the next try fits into the rest of the fetch's budget. Only heads are retried: once a reply is handed
/// out its body is the reader's, and a break in it is the matter of <see cref="BodyContinuation"/>. A destination that gave no response at all is left at once where another one has
/// not been tried: the wait is for origins that recover, not for those that are not asked.
/// </summary>
internal sealed partial class RetryPipeline
{
    private static readonly ResiliencePropertyKey<FetchAttempts> FetchKey = new("fetch");

    private readonly ResiliencePipeline<Exchange> _retrying;
    private readonly OriginOptions _options;
    private readonly OriginMetrics _metrics;
    private readonly Random _random;
    private readonly ILogger<RetryPipeline> _logger;

    public RetryPipeline(OriginOptions options, OriginMetrics metrics, TimeProvider time, Random random, ILogger<RetryPipeline> logger)
    {
        _options = options;
        _metrics = metrics;
        _random = random;
        _logger = logger;
        _retrying = Pipeline(time).Build();
    }

    /// <summary>Runs tries until one succeeds, a retry is pointless, or none is left. The caller disposes the exchange.</summary>
    /// <param name="attempts">The request and its tries so far.</param>
    /// <param name="once">One try.</param>
    /// <param name="cancellation">The caller's cancellation, also observed while waiting.</param>
    public async ValueTask<Exchange> RunAsync(
        FetchAttempts attempts, Func<FetchAttempts, CancellationToken, ValueTask<Exchange>> once, CancellationToken cancellation)
    {
        if (attempts.Request.Verbatim || attempts.Request.Effort != FetchEffort.Full) return await once(attempts, cancellation);
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, cancellation);
        try
        {
            context.Properties.Set(FetchKey, attempts);
            var outcome = await _retrying.ExecuteOutcomeAsync(
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

    private bool ShouldTryAgain(RetryPredicateArguments<Exchange> args)
    {
        if (args.Outcome.Result is not { IsWorthRetrying: true } exchange) return false;
        var attempts = args.Context.Properties.GetValue(FetchKey, null!);
        // The full jitter counts: whether there is time for a retry must not depend on chance.
        return Wait(args.AttemptNumber + 1, exchange) + _options.RetryJitter < attempts.Remaining;
    }

    private TimeSpan DelayBefore(int retry, Exchange failed)
    {
        if (failed is { Answered: false, HasAlternative: true }) return TimeSpan.Zero;
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

    [LoggerMessage(1120, LogLevel.Information, "Try {Try} at '{Cluster}' ended with {Outcome}, the next one is in {DelayMs:0} ms")]
    private static partial void LogRetry(ILogger logger, int @try, string cluster, ExchangeOutcome outcome, double delayMs);
}
